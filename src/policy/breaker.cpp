#include "policy/breaker.hpp"

#include <algorithm>
#include <cmath>

#include "policy/deadline.hpp"

namespace enlace {
namespace {

/// What a caller is told to wait for probes that are out.
constexpr seconds_d probe_wait{1};

time_point at(duration::rep ticks) noexcept { return time_point(duration(ticks)); }

/// Whether `part` of `whole` reaches `share`; not thrown off by the rounding of decimal shares.
bool reaches(std::uint64_t part, double share, std::uint64_t whole) noexcept {
  return part > 0 && static_cast<double>(part) + 1e-9 >= share * static_cast<double>(whole);
}

}  // namespace

breaker::breaker(const breaker_options& options, std::uint64_t seed) noexcept : window_(options.window), random_(seed) {
  apply(options);
}

void breaker::apply(const breaker_options& options) noexcept {
  options_ = options;
  consecutive_limit_.store(static_cast<std::uint32_t>(options.consecutive_failures), std::memory_order_relaxed);
  min_calls_.store(static_cast<std::uint32_t>(options.min_calls), std::memory_order_relaxed);
  failure_rate_.store(options.failure_rate, std::memory_order_relaxed);
  slow_after_.store(options.slow_after.count(), std::memory_order_relaxed);
  slow_rate_.store(options.slow_rate, std::memory_order_relaxed);
}

void breaker::reconfigure(const breaker_options& options) noexcept {
  const std::lock_guard lock(mutex_);
  const int more_probes = options.probes - options_.probes;
  apply(options);
  window_.resize(options.window);
  if (judgement_of(word()) == judgement::half_open) places_.fetch_add(more_probes, std::memory_order_relaxed);
  if (opened_at_) {
    const duration::rep latest = saturated_add(*opened_at_, options.max_cool_down).time_since_epoch().count();
    retry_at_.store(std::min(retry_at_.load(std::memory_order_relaxed), latest), std::memory_order_relaxed);
  }
}

// Admission.

admission breaker::admit_unless_closed(time_point now) noexcept {
  const std::uint64_t seen = word();
  switch (mode_of(seen)) {
    case mode::forced_open:
      return refuse(seen, breaker_state::forced_open, std::nullopt);
    case mode::forced_closed:
      return grant(seen);
    case mode::automatic:
    case mode::observe:
      break;
  }
  switch (judgement_of(seen)) {
    case judgement::closed:
      return grant(seen);
    case judgement::open: {
      const time_point retry_at = at(retry_at_.load(std::memory_order_relaxed));
      if (now < retry_at) return refuse(seen, breaker_state::open, seconds_d(retry_at - now));
      break;
    }
    case judgement::half_open:
      if (places_.load(std::memory_order_relaxed) <= 0) return refuse(seen, breaker_state::half_open, probe_wait);
      break;
  }
  return admit_probe(now);
}

admission breaker::admit_probe(time_point now) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (is_judging() && judgement_of(word()) == judgement::open &&
        now >= at(retry_at_.load(std::memory_order_relaxed))) {
      half_open();
    }
    if (is_judging() && judgement_of(word()) == judgement::half_open) {
      if (places_.load(std::memory_order_relaxed) <= 0) return refuse(word(), breaker_state::half_open, probe_wait);
      places_.fetch_sub(1, std::memory_order_relaxed);
      return admission(permit(*this, word() >> generation_shift, permit::kind::probe));
    }
  }
  // Another thread has changed the state in between.
  return admit(now);
}

admission breaker::grant(std::uint64_t seen) noexcept {
  return admission(permit(*this, seen >> generation_shift, permit::kind::normal));
}

admission breaker::refuse(std::uint64_t seen, breaker_state why, std::optional<seconds_d> retry_after) noexcept {
  if (mode_of(seen) == mode::observe) {
    would_reject_.fetch_add(1, std::memory_order_relaxed);
    return admission(permit(*this, 0, permit::kind::uncounted));
  }
  rejected_.fetch_add(1, std::memory_order_relaxed);
  return {why, retry_after};
}

// Outcomes.

void permit::settle(breaker_vote vote, time_point now, duration elapsed) noexcept {
  switch (vote) {
    case breaker_vote::success:
      return success(now, elapsed);
    case breaker_vote::failure:
      return failure(now, elapsed);
    case breaker_vote::neutral:
      return neutral();
  }
}

void breaker::settled(const permit& p, time_point now, duration elapsed, bool failed) noexcept {
  if (p.kind_ == permit::kind::uncounted) return;
  if (p.kind_ == permit::kind::health_check) {
    if (!failed) health_hint(now);
    return;
  }
  // An attempt that was counted when it became slow is not counted again.
  const bool slow = !p.counted_slow_ && is_slow(elapsed);
  const std::uint32_t calls = p.counted_slow_ ? 0 : 1;
  if (p.kind_ == permit::kind::probe) return probe_settled(p, now, calls, failed, slow);
  if (!is_current(p)) return;
  if (failed) {
    consecutive_.fetch_add(1);
  } else if (consecutive_.load(std::memory_order_relaxed) != 0) {
    consecutive_.store(0);
  }
  window_.add(now, calls, failed, slow);
  if (window_.troubled()) judge(p, now);
}

void breaker::ran_slow(const permit& p, time_point now) noexcept {
  if (p.kind_ == permit::kind::probe) {
    const std::lock_guard lock(mutex_);
    if (!is_current(p)) return;
    window_.add(now, 1, false, true);
    if (probes_too_slow(1)) open(now, true);
  } else if (p.kind_ == permit::kind::normal && is_current(p)) {
    window_.add(now, 1, false, true);
    judge(p, now);
  }
}

void breaker::probe_settled(const permit& p, time_point now, std::uint32_t calls, bool failed, bool slow) noexcept {
  const std::lock_guard lock(mutex_);
  if (!is_current(p)) return;
  places_.fetch_add(1, std::memory_order_relaxed);
  window_.add(now, calls, failed, slow);
  if (failed || probes_too_slow(slow ? 1 : 0)) return open(now, true);
  if (++probe_successes_ >= options_.probes) close();
}

bool breaker::probes_too_slow(int more) noexcept {
  probes_slow_ += more;
  const double probes = options_.probes;
  return more != 0 && options_.slow_after > duration::zero() && probes_slow_ + 1e-9 >= options_.slow_rate * probes;
}

void breaker::take_place(const permit& p) noexcept {
  const std::lock_guard lock(mutex_);
  if (is_current(p)) places_.fetch_sub(1, std::memory_order_relaxed);
}

void breaker::return_place(const permit& p) noexcept {
  const std::lock_guard lock(mutex_);
  if (is_current(p)) places_.fetch_add(1, std::memory_order_relaxed);
}

bool breaker::is_slow(duration elapsed) const noexcept {
  const duration::rep limit = slow_after_.load(std::memory_order_relaxed);
  return limit > 0 && elapsed.count() > limit;
}

/// Opens the breaker if what has been counted asks for it.
void breaker::judge(const permit& p, time_point now) noexcept {
  if (!is_judging()) return;
  const std::uint32_t limit = consecutive_limit_.load(std::memory_order_relaxed);
  const bool in_a_row = limit > 0 && consecutive_.load() >= limit;
  if (!in_a_row && !should_open(window_.counts(now))) return;
  const std::lock_guard lock(mutex_);
  if (is_current(p)) open(now, false);
}

bool breaker::should_open(const window_counts& window) const noexcept {
  // A failure can be in the window alone: its attempt was counted when it became slow, and that has slid out.
  const std::uint64_t calls = std::max(window.calls, window.failures);
  if (calls < min_calls_.load(std::memory_order_relaxed)) return false;
  if (reaches(window.failures, failure_rate_.load(std::memory_order_relaxed), calls)) return true;
  return slow_after_.load(std::memory_order_relaxed) > 0 &&
         reaches(window.slow, slow_rate_.load(std::memory_order_relaxed), calls);
}

void breaker::health_hint(time_point now) noexcept {
  if (judgement_of(word()) != judgement::open) return;
  const std::lock_guard lock(mutex_);
  if (judgement_of(word()) != judgement::open) return;
  if (probe_failed_ && now < *opened_at_ + cool_down_ / 10) return;
  half_open();
}

// Changes of state; under the mutex. The word comes last: whoever sees it sees all that belongs to it.

void breaker::open(time_point now, bool after_probe) noexcept {
  cool_down_ =
      std::min(after_probe ? saturated(2 * seconds_d(cool_down_)) : options_.cool_down, options_.max_cool_down);
  const seconds_d wait = seconds_d(cool_down_) * (1 - 0.1 * random_.uniform());
  retry_at_.store(saturated_add(now, saturated(wait)).time_since_epoch().count(), std::memory_order_relaxed);
  opened_at_ = now;
  probe_failed_ = after_probe;
  ++opened_;
  start(mode_of(word()), judgement::open);
}

void breaker::half_open() noexcept {
  places_.store(options_.probes, std::memory_order_relaxed);
  probe_successes_ = 0;
  probes_slow_ = 0;
  ++half_opened_;
  start(mode_of(word()), judgement::half_open);
}

void breaker::close() noexcept {
  opened_at_.reset();
  ++closed_;
  start(mode_of(word()), judgement::closed);
}

void breaker::set_mode(mode m) noexcept {
  const std::lock_guard lock(mutex_);
  if (mode_of(word()) == m) return;
  opened_at_.reset();
  start(m, judgement::closed);
}

/// Begins a generation, with nothing counted.
void breaker::start(mode m, judgement j) noexcept {
  window_.clear();
  consecutive_.store(0);
  const std::uint64_t generation = (word() >> generation_shift) + 1;
  word_.store(generation << generation_shift | static_cast<std::uint64_t>(m) << 2 | static_cast<std::uint64_t>(j),
              std::memory_order_release);
}

void breaker::force_open() noexcept { set_mode(mode::forced_open); }
void breaker::force_closed() noexcept { set_mode(mode::forced_closed); }
void breaker::observe() noexcept { set_mode(mode::observe); }
void breaker::automatic() noexcept { set_mode(mode::automatic); }

// What is seen from outside.

breaker_state breaker::judged(std::uint64_t seen, time_point now) const noexcept {
  switch (judgement_of(seen)) {
    case judgement::open:
      return now < at(retry_at_.load(std::memory_order_relaxed)) ? breaker_state::open : breaker_state::half_open;
    case judgement::half_open:
      return breaker_state::half_open;
    case judgement::closed:
      break;
  }
  return breaker_state::closed;
}

breaker_state breaker::state(time_point now) const noexcept {
  const std::uint64_t seen = word();
  switch (mode_of(seen)) {
    case mode::observe:
      return breaker_state::observe;
    case mode::forced_closed:
      return breaker_state::forced_closed;
    case mode::forced_open:
      return breaker_state::forced_open;
    case mode::automatic:
      break;
  }
  return judged(seen, now);
}

breaker_snapshot breaker::snapshot(time_point now) noexcept {
  const std::lock_guard lock(mutex_);
  breaker_snapshot shot;
  shot.state = state(now);
  shot.judged = judged(word(), now);
  shot.generation = word() >> generation_shift;
  shot.window = window_.counts(now);
  shot.consecutive_failures = static_cast<int>(consecutive_.load());
  shot.opened_at = opened_at_;
  if (shot.judged == breaker_state::open) {
    shot.retry_after = seconds_d(at(retry_at_.load(std::memory_order_relaxed)) - now);
  }
  shot.totals = window_.totals();
  shot.rejected = rejected_.load(std::memory_order_relaxed);
  shot.would_reject = would_reject_.load(std::memory_order_relaxed);
  shot.opened = opened_;
  shot.half_opened = half_opened_;
  shot.closed = closed_;
  return shot;
}

}  // namespace enlace
