#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policy/breaker.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;
using enum breaker_state;

constexpr time_point start{std::chrono::hours(1)};

/// What the breaker promises, written down as plainly as possible: every attempt of the generation is kept and
/// recounted each time. It takes over the cool-down's jitter from the breaker, within its bounds.
class model {
 public:
  struct ticket {
    int generation = 0;
    bool probe = false;
    bool counted_slow = false;
  };

  explicit model(const breaker_options& options) : options_(options) {}

  [[nodiscard]] breaker_state state(time_point now) const {
    return state_ == open && now >= retry_at ? half_open : state_;
  }
  std::optional<ticket> admit(time_point now) {
    if (state_ == open && now >= retry_at) enter_half_open();
    if (state_ == open || (state_ == half_open && out_ >= options_.probes)) return std::nullopt;
    if (state_ == half_open) ++out_;
    return ticket{generation_, state_ == half_open, false};
  }
  void drop(const ticket& t) {
    if (t.probe && t.generation == generation_) --out_;
  }
  void slow(ticket& t, time_point now) {
    if (std::exchange(t.counted_slow, true) || t.generation != generation_) return;
    record(now, 1, false, true);
    if (t.probe) {
      if (++probes_slow_ >= 0.8 * options_.probes) trip(now, true);
    } else {
      judge(now);
    }
  }
  void settle(const ticket& t, time_point now, bool failed, duration elapsed) {
    if (t.generation != generation_) return;
    const bool slow = !t.counted_slow && options_.slow_after > 0s && elapsed > options_.slow_after;
    record(now, t.counted_slow ? 0 : 1, failed, slow);
    if (!t.probe) {
      in_a_row_ = failed ? in_a_row_ + 1 : 0;
      return judge(now);
    }
    --out_;
    if (slow) ++probes_slow_;
    if (failed || (slow && probes_slow_ >= 0.8 * options_.probes)) return trip(now, true);
    if (++successes_ == options_.probes) enter(closed);
  }
  void hint(time_point now) {
    if (state_ == open && (!failed_probe_ || now >= opened_at_ + cool_down / 10)) enter_half_open();
  }
  [[nodiscard]] window_counts window(time_point now) const {
    window_counts counts;
    for (const event& e : events_) {
      if (bucket_of(e.at) <= bucket_of(now) - 10) continue;
      counts.calls += e.calls;
      counts.failures += e.failed ? 1 : 0;
      counts.slow += e.slow ? 1 : 0;
    }
    return counts;
  }

  time_point retry_at{};
  duration cool_down{};
  int trips = 0;

 private:
  struct event {
    time_point at;
    unsigned calls;
    bool failed;
    bool slow;
  };

  [[nodiscard]] std::int64_t bucket_of(time_point t) const { return (t - start) / (options_.window / 10); }
  void record(time_point now, unsigned calls, bool failed, bool slow) { events_.push_back({now, calls, failed, slow}); }
  void judge(time_point now) {
    const window_counts w = window(now);
    const auto calls = static_cast<double>(std::max(w.calls, w.failures));
    const bool enough = calls >= options_.min_calls;
    const bool failing = static_cast<double>(w.failures) >= options_.failure_rate * calls && w.failures > 0;
    const bool slow =
        static_cast<double>(w.slow) >= options_.slow_rate * calls && w.slow > 0 && options_.slow_after > 0s;
    if (in_a_row_ >= options_.consecutive_failures || (enough && (failing || slow))) trip(now, false);
  }
  void trip(time_point now, bool after_probe) {
    cool_down = std::min(after_probe ? 2 * cool_down : options_.cool_down, options_.max_cool_down);
    opened_at_ = now;
    failed_probe_ = after_probe;
    ++trips;
    enter(open);
  }
  void enter_half_open() {
    successes_ = out_ = probes_slow_ = 0;
    enter(half_open);
  }
  void enter(breaker_state to) {
    state_ = to;
    ++generation_;
    events_.clear();
    in_a_row_ = 0;
  }

  breaker_options options_;
  breaker_state state_ = closed;
  int generation_ = 0;
  std::vector<event> events_;
  int in_a_row_ = 0;
  time_point opened_at_{};
  bool failed_probe_ = false;
  int successes_ = 0, out_ = 0, probes_slow_ = 0;
};

/// One run: random steps on the breaker and on the model, compared after each.
class walk {
 public:
  walk(const breaker_options& options, std::uint64_t seed, int failure_percent)
      : options_(options), random_(seed), failure_percent_(failure_percent), real_(options, seed), model_(options) {
    (void)real_.snapshot(start);  // begins the first bucket
  }

  void step() {
    now_ += std::chrono::milliseconds(random_.below(random_.below(50) == 0 ? 40000 : 400));
    switch (random_.below(10)) {
      case 0:
      case 1:
      case 2:
      case 3:
        admit();
        break;
      case 4:
        hint();
        break;
      case 5:
        drop();
        break;
      case 6:
        slow();
        break;
      default:
        settle();
    }
    compare();
  }
  [[nodiscard]] int trips() const { return model_.trips; }

 private:
  struct call {
    permit real;
    model::ticket modelled;
    time_point began;
  };

  void admit() {
    admission answer = real_.admit(now_);
    const std::optional<model::ticket> expected = model_.admit(now_);
    ASSERT_EQ(static_cast<bool>(answer), expected.has_value());
    if (!expected) return;
    ASSERT_TRUE(answer);
    calls_.push_back({answer.take(), *expected, now_});
    ASSERT_EQ(calls_.back().real.is_probe(), expected->probe);
  }
  void hint() {
    if (random_.below(4) != 0) return;
    real_.health_hint(now_);
    model_.hint(now_);
  }
  void drop() {
    if (calls_.empty() || random_.below(3) != 0) return;
    call gone = take();
    model_.drop(gone.modelled);
  }
  void slow() {
    if (calls_.empty() || options_.slow_after == 0s) return;
    call& chosen = calls_[random_.below(calls_.size())];
    if (now_ - chosen.began <= options_.slow_after) return;
    chosen.real.slow(now_);
    model_.slow(chosen.modelled, now_);
  }
  void settle() {
    if (calls_.empty()) return;
    call ended = take();
    const bool failed = random_.below(100) < static_cast<std::uint64_t>(failure_percent_);
    const duration elapsed = now_ - ended.began;
    failed ? ended.real.failure(now_, elapsed) : ended.real.success(now_, elapsed);
    model_.settle(ended.modelled, now_, failed, elapsed);
  }
  call take() {
    std::swap(calls_[random_.below(calls_.size())], calls_.back());
    call taken = std::move(calls_.back());
    calls_.pop_back();
    return taken;
  }
  void compare() {
    const breaker_snapshot shot = real_.snapshot(now_);
    if (shot.opened != opened_) {
      opened_ = shot.opened;
      ASSERT_TRUE(shot.retry_after);
      ASSERT_LE(*shot.retry_after, seconds_d(model_.cool_down) + 1us);
      ASSERT_GE(*shot.retry_after, seconds_d(model_.cool_down) * 0.9 - seconds_d(1us));
      model_.retry_at = now_ + std::chrono::round<duration>(*shot.retry_after);
    }
    ASSERT_EQ(static_cast<int>(shot.opened), model_.trips);
    ASSERT_EQ(shot.state, model_.state(now_));
    ASSERT_EQ(real_.state(now_), shot.state);
    const window_counts expected = model_.window(now_);
    ASSERT_EQ(shot.window.calls, expected.calls);
    ASSERT_EQ(shot.window.failures, expected.failures);
    ASSERT_EQ(shot.window.slow, expected.slow);
  }

  breaker_options options_;
  random_source random_;
  int failure_percent_;
  breaker real_;
  model model_;
  std::vector<call> calls_;
  time_point now_ = start;
  std::uint64_t opened_ = 0;
};

void run(const breaker_options& options, int failure_percent, int least_trips) {
  int trips = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    walk w(options, seed, failure_percent);
    for (int i = 0; i < 1500; ++i) {
      w.step();
      if (testing::Test::HasFatalFailure()) {
        ADD_FAILURE() << "seed " << seed << ", step " << i;
        return;
      }
    }
    trips += w.trips();
  }
  EXPECT_GE(trips, least_trips) << "the walk was too tame to prove anything";
}

TEST(BreakerModel, AServiceThatFailsNowAndThen) { run(breaker_options(), 25, 10); }

TEST(BreakerModel, AServiceThatFailsHalfTheTime) { run(breaker_options(), 50, 100); }

TEST(BreakerModel, AServiceThatIsDown) { run(breaker_options(), 95, 100); }

TEST(BreakerModel, OnlyTheRate) {
  breaker_options options;
  options.consecutive_failures = 1000;
  options.min_calls = 10;
  options.failure_rate = 0.3;
  run(options, 30, 50);
}

TEST(BreakerModel, AShortWindow) {
  breaker_options options;
  options.consecutive_failures = 1000;
  options.min_calls = 4;
  options.window = 2s;
  options.cool_down = 1s;
  options.max_cool_down = 3s;
  options.probes = 1;
  run(options, 40, 100);
}

TEST(BreakerModel, SlowAttempts) {
  breaker_options options;
  options.slow_after = 900ms;
  options.min_calls = 5;
  options.cool_down = 5s;
  run(options, 5, 50);
}

}  // namespace
}  // namespace enlace
