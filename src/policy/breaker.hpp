// Module: policy
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include <enlace/clock.hpp>
#include <enlace/policy_options.hpp>
#include <enlace/random.hpp>
#include <enlace/reply.hpp>

#include "policy/attempt.hpp"
#include "policy/call_window.hpp"

namespace enlace {

class breaker;

/// The right to make one attempt. It takes the outcome once; destroyed without one it counts as neutral, so that a
/// cancelled call can't keep a probe's place. Move-only, not thread-safe, must not outlive its breaker.
class permit {
 public:
  /// Grants nothing, reports nothing.
  permit() noexcept = default;
  permit(permit&& other) noexcept;
  permit& operator=(permit&& other) noexcept;
  ~permit() { neutral(); }

  /// `elapsed`: how long the attempt took.
  void success(time_point now, duration elapsed) noexcept;
  void failure(time_point now, duration elapsed = duration::zero()) noexcept;
  void neutral() noexcept;
  /// A success that shows while the attempt goes on (the first event of a stream): counted at once. A probe keeps its
  /// place until the permit is settled or destroyed, which then counts no more.
  void early_success(time_point now, duration elapsed) noexcept;
  /// One of success, failure and neutral.
  void settle(breaker_vote vote, time_point now, duration elapsed) noexcept;
  /// The attempt still runs past `slow_after`: it counts as slow at once, and only once. Settle it all the same.
  void slow(time_point now) noexcept;

  /// Whether an outcome is still awaited.
  explicit operator bool() const noexcept { return owner_ != nullptr; }
  /// Whether it is one of the few that a half-open breaker lets through.
  [[nodiscard]] bool is_probe() const noexcept { return kind_ == kind::probe; }

 private:
  friend class breaker;
  enum class kind : std::uint8_t { normal, probe, health_check, uncounted };
  permit(breaker& owner, std::uint64_t generation, kind k) noexcept
      : owner_(&owner), generation_(generation), kind_(k) {}

  breaker* owner_ = nullptr;
  std::uint64_t generation_ = 0;
  kind kind_ = kind::normal;
  bool counted_slow_ = false;
  bool counted_ = false;
};

/// What a breaker answers: a permit, or why there is none.
class admission {
 public:
  explicit admission(permit granted) noexcept : granted_(std::move(granted)) {}
  /// `retry_after` is not known for a breaker that was opened by hand.
  admission(breaker_state why, std::optional<seconds_d> retry_after) noexcept
      : retry_after_(retry_after), state_(why) {}

  /// Whether the attempt may be made.
  explicit operator bool() const noexcept { return static_cast<bool>(granted_); }
  /// The permit; once.
  [[nodiscard]] permit take() noexcept { return std::move(granted_); }
  /// Of a rejection: open, half_open (all probes are out) or forced_open.
  [[nodiscard]] breaker_state state() const noexcept { return state_; }
  /// Of a rejection: when it is worth asking again.
  [[nodiscard]] std::optional<seconds_d> retry_after() const noexcept { return retry_after_; }

 private:
  permit granted_;
  std::optional<seconds_d> retry_after_;
  breaker_state state_ = breaker_state::closed;
};

/// A breaker at one moment.
struct breaker_snapshot {
  /// As callers see it.
  breaker_state state = breaker_state::closed;
  /// What it has judged by itself: closed, open or half_open. Differs from `state` while observing.
  breaker_state judged = breaker_state::closed;
  /// Rises with every change of state; a result of an older generation counts nowhere.
  std::uint64_t generation = 0;
  window_counts window;
  int consecutive_failures = 0;
  /// When it opened last, until it closes.
  std::optional<time_point> opened_at;
  /// Of an open one: until it lets probes through.
  std::optional<seconds_d> retry_after;
  /// Since the beginning. Attempts that were settled (not neutral, not late), rejections, changes of state.
  window_counts totals;
  std::uint64_t rejected = 0;
  /// Calls let through only because the breaker merely observes.
  std::uint64_t would_reject = 0;
  std::uint64_t opened = 0;
  std::uint64_t half_opened = 0;
  std::uint64_t closed = 0;
};

/// Stops calling a service that fails, and finds out with few calls when it is well again.
///
/// Closed, it counts attempts in a sliding window and opens on failures in a row, on the share of failures or on the
/// share of slow attempts; both shares need `min_calls`. Open, it rejects until the cool-down is over, then lets
/// `probes` attempts at once through: as many successes close it, one failure opens it again for twice as long. Probes
/// that are slow, `slow_rate` of `probes` of them, open it again, too. Attempts settled as neutral leave no trace.
/// The jitter shortens a cool-down by up to 10 %.
///
/// Thread-safe. While closed it takes no lock; changes of state take a mutex. Must outlive its permits.
/// Source: Nygard, "Release It!"; the window as in resilience4j.
class breaker {
 public:
  /// `options` are taken as valid. `seed` is for the jitter.
  breaker(const breaker_options& options, std::uint64_t seed) noexcept;
  breaker(const breaker&) = delete;
  breaker& operator=(const breaker&) = delete;

  /// Asks for one attempt.
  [[nodiscard]] admission admit(time_point now) noexcept {
    const std::uint64_t seen = word();
    if ((seen & kind_bits) == 0) return admission(permit(*this, seen >> generation_shift, permit::kind::normal));
    return admit_unless_closed(now);
  }
  /// For a call of operation `health_check`: always granted, also when forced open. Its failure counts nowhere, its
  /// success is a `health_hint`.
  [[nodiscard]] permit admit_health_check() noexcept { return {*this, 0, permit::kind::health_check}; }
  /// A passing health check: an open breaker goes half-open early. After a failed probe it takes notice only when a
  /// tenth of the cool-down is over, so that a health page that knows nothing can't keep the probes coming.
  void health_hint(time_point now) noexcept;

  /// By hand, until `automatic()`: reject everything, ...
  void force_open() noexcept;
  /// ... admit everything and count it, ...
  void force_closed() noexcept;
  /// ... or judge as usual, but reject nothing.
  void observe() noexcept;
  /// Back to its own judgement: closed, with an empty window. Does nothing to a breaker that is automatic already.
  void automatic() noexcept;

  /// An open breaker whose cool-down is over is half_open.
  [[nodiscard]] breaker_state state(time_point now) const noexcept;
  [[nodiscard]] breaker_snapshot snapshot(time_point now) noexcept;

  /// New options from now on; state and counts stay. A cool-down that runs is cut to the new maximum.
  void reconfigure(const breaker_options& options) noexcept;

 private:
  friend class permit;
  enum class mode : std::uint8_t { automatic, observe, forced_closed, forced_open };
  enum class judgement : std::uint8_t { closed, open, half_open };
  // The word: generation, mode (2 bits), judgement (2 bits). All zero bits below the generation: closed, automatic.
  static constexpr int generation_shift = 4;
  static constexpr std::uint64_t kind_bits = 15;

  [[nodiscard]] static mode mode_of(std::uint64_t word) noexcept { return static_cast<mode>((word >> 2) & 3); }
  [[nodiscard]] static judgement judgement_of(std::uint64_t word) noexcept { return static_cast<judgement>(word & 3); }
  [[nodiscard]] std::uint64_t word() const noexcept { return word_.load(std::memory_order_acquire); }
  [[nodiscard]] bool is_current(const permit& p) const noexcept { return word() >> generation_shift == p.generation_; }
  [[nodiscard]] bool is_judging() const noexcept {
    const mode m = mode_of(word());
    return m == mode::automatic || m == mode::observe;
  }

  [[nodiscard]] admission admit_unless_closed(time_point now) noexcept;
  [[nodiscard]] admission admit_probe(time_point now) noexcept;
  [[nodiscard]] admission grant(std::uint64_t seen) noexcept;
  [[nodiscard]] admission refuse(std::uint64_t seen, breaker_state why, std::optional<seconds_d> retry_after) noexcept;
  void settled(const permit& p, time_point now, duration elapsed, bool failed) noexcept;
  void ran_slow(const permit& p, time_point now) noexcept;
  void probe_settled(const permit& p, time_point now, std::uint32_t calls, bool failed, bool slow) noexcept;
  void take_place(const permit& p) noexcept;
  void return_place(const permit& p) noexcept;
  [[nodiscard]] bool is_slow(duration elapsed) const noexcept;
  void judge(const permit& p, time_point now) noexcept;
  [[nodiscard]] bool should_open(const window_counts& window) const noexcept;
  [[nodiscard]] breaker_state judged(std::uint64_t seen, time_point now) const noexcept;

  // Under the mutex.
  [[nodiscard]] bool probes_too_slow(int more) noexcept;
  void open(time_point now, bool after_probe) noexcept;
  void half_open() noexcept;
  void close() noexcept;
  void start(mode m, judgement j) noexcept;
  void set_mode(mode m) noexcept;
  void apply(const breaker_options& options) noexcept;

  // Read by every attempt, written rarely.
  alignas(64) std::atomic<std::uint64_t> word_{0};
  std::atomic<duration::rep> retry_at_{0};
  std::atomic<std::uint32_t> consecutive_{0};
  std::atomic<int> places_{0};
  std::atomic<duration::rep> slow_after_{0};
  std::atomic<std::uint32_t> consecutive_limit_{0};
  std::atomic<std::uint32_t> min_calls_{0};
  std::atomic<double> failure_rate_{1};
  std::atomic<double> slow_rate_{1};
  call_window window_;
  alignas(64) std::atomic<std::uint64_t> rejected_{0};
  std::atomic<std::uint64_t> would_reject_{0};
  alignas(64) std::mutex mutex_;
  breaker_options options_;
  random_source random_;
  duration cool_down_{};
  std::optional<time_point> opened_at_;
  bool probe_failed_ = false;
  int probe_successes_ = 0;
  int probes_slow_ = 0;
  std::uint64_t opened_ = 0, half_opened_ = 0, closed_ = 0;
};

inline permit::permit(permit&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      generation_(other.generation_),
      kind_(other.kind_),
      counted_slow_(other.counted_slow_),
      counted_(other.counted_) {}

inline permit& permit::operator=(permit&& other) noexcept {
  if (this == &other) return *this;
  neutral();
  owner_ = std::exchange(other.owner_, nullptr);
  generation_ = other.generation_;
  kind_ = other.kind_;
  counted_slow_ = other.counted_slow_;
  counted_ = other.counted_;
  return *this;
}

inline void permit::early_success(time_point now, duration elapsed) noexcept {
  if (owner_ == nullptr || std::exchange(counted_, true)) return;
  owner_->settled(*this, now, elapsed, false);
  if (kind_ == kind::probe) owner_->take_place(*this);
}

inline void permit::success(time_point now, duration elapsed) noexcept {
  if (counted_) return neutral();
  if (breaker* owner = std::exchange(owner_, nullptr)) owner->settled(*this, now, elapsed, false);
}

inline void permit::failure(time_point now, duration elapsed) noexcept {
  if (counted_) return neutral();
  if (breaker* owner = std::exchange(owner_, nullptr)) owner->settled(*this, now, elapsed, true);
}

inline void permit::neutral() noexcept {
  breaker* owner = std::exchange(owner_, nullptr);
  if (owner != nullptr && kind_ == kind::probe) owner->return_place(*this);
}

inline void permit::slow(time_point now) noexcept {
  if (owner_ == nullptr || counted_ || std::exchange(counted_slow_, true)) return;
  owner_->ran_slow(*this, now);
}

}  // namespace enlace
