#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policy/breaker.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{std::chrono::hours(1)};
constexpr int thread_count = 4;

/// Runs `work(thread)` on all threads, which begin as closely together as possible.
void together(const std::function<void(int)>& work) {
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < thread_count; ++t) {
    threads.emplace_back([&, t] {
      ++ready;
      while (ready.load() < thread_count) std::this_thread::yield();
      work(t);
    });
  }
  for (std::thread& t : threads) t.join();
}

TEST(BreakerThreads, FailuresInARowFromAllThreadsOpenIt) {
  for (int round = 0; round < 200; ++round) {
    breaker_options options;
    options.consecutive_failures = thread_count;
    breaker b(options, 1);
    together([&](int) { b.admit(start).take().failure(start); });
    ASSERT_EQ(b.state(start), breaker_state::open) << round;
    ASSERT_EQ(b.snapshot(start).opened, 1U);
  }
}

TEST(BreakerThreads, WhoeverCompletesTheCountOpensIt) {
  for (int round = 0; round < 200; ++round) {
    breaker_options options;
    options.consecutive_failures = 0;
    options.min_calls = 2 * thread_count;
    breaker b(options, 1);
    together([&](int t) {
      for (int i = 0; i < 2; ++i) {
        permit p = b.admit(start).take();
        (t + i) % 2 == 0 ? p.failure(start) : p.success(start, 1ms);
      }
    });
    ASSERT_EQ(b.state(start), breaker_state::open) << round;
  }
}

TEST(BreakerThreads, NeverMoreProbesThanPlaces) {
  for (int round = 0; round < 50; ++round) {
    breaker b(breaker_options(), 1);
    for (int i = 0; i < 5; ++i) b.admit(start).take().failure(start);
    const time_point later = start + 1min;
    std::atomic<int> out{0};
    std::atomic<int> most{0};
    together([&](int) {
      for (int i = 0; i < 50; ++i) {
        std::vector<permit> held;
        for (int j = 0; j < 2; ++j) {
          admission answer = b.admit(later);
          if (!answer) continue;
          held.push_back(answer.take());
          const int now_out = ++out;
          int seen = most.load();
          while (now_out > seen && !most.compare_exchange_weak(seen, now_out)) {
          }
        }
        out -= static_cast<int>(held.size());
      }
    });
    ASSERT_LE(most.load(), 3);
    ASSERT_EQ(b.state(later), breaker_state::half_open) << "nobody has settled";
    std::vector<permit> probes;
    for (int i = 0; i < 3; ++i) {
      admission answer = b.admit(later);
      ASSERT_TRUE(answer) << "every place has come back";
      probes.push_back(answer.take());
    }
    ASSERT_FALSE(b.admit(later));
  }
}

TEST(BreakerThreads, OneFailedProbeReopensWhateverTheOthersSay) {
  for (int round = 0; round < 200; ++round) {
    breaker_options options;
    options.probes = thread_count;
    breaker b(options, 1);
    for (int i = 0; i < 5; ++i) b.admit(start).take().failure(start);
    const time_point later = start + 1min;
    std::vector<permit> probes;
    for (int i = 0; i < thread_count; ++i) probes.push_back(b.admit(later).take());
    together([&](int t) {
      permit& own = probes[static_cast<std::size_t>(t)];
      t == round % thread_count ? own.failure(later) : own.success(later, 1ms);
    });
    ASSERT_EQ(b.state(later), breaker_state::open) << round;
    ASSERT_EQ(b.snapshot(later).opened, 2U);
    ASSERT_EQ(b.snapshot(later).closed, 0U);
  }
}

TEST(BreakerThreads, AStormOfEverythingLeavesItSound) {
  breaker_options options;
  options.slow_after = 50ms;
  options.window = 100ms;
  options.cool_down = 1ms;
  options.max_cool_down = 20ms;
  breaker b(options, 1);
  std::atomic<std::int64_t> clock{0};
  together([&](int t) {
    random_source random(static_cast<std::uint64_t>(t) + 1);
    std::vector<permit> held;
    for (int i = 0; i < 20000; ++i) {
      const time_point now = start + std::chrono::microseconds(clock.fetch_add(5));
      const std::uint64_t dice = random.below(1000);
      if (dice == 0) b.force_open();
      if (dice == 1) b.force_closed();
      if (dice == 2) b.observe();
      if (dice < 20) b.automatic();
      if (dice == 3) b.reconfigure(options);
      if (dice == 4) (void)b.snapshot(now);
      if (dice < 40) b.health_hint(now);
      admission answer = b.admit(now);
      if (answer) held.push_back(answer.take());
      if (held.size() < 8) continue;
      permit& chosen = held[random.below(held.size())];
      if (dice < 100) chosen.slow(now);
      if (dice % 3 == 0) chosen.success(now, std::chrono::microseconds(random.below(60000)));
      if (dice % 3 == 1) chosen.failure(now);
      std::swap(chosen, held.back());
      held.pop_back();
    }
  });
  const time_point end = start + 1h;
  b.observe();
  b.automatic();
  ASSERT_EQ(b.state(end), breaker_state::closed);
  for (int i = 0; i < 5; ++i) b.admit(end).take().failure(end);
  ASSERT_EQ(b.state(end), breaker_state::open);
  const time_point later = end + 1s;
  for (int i = 0; i < 3; ++i) {
    permit p = b.admit(later).take();
    ASSERT_TRUE(p.is_probe());
    p.success(later, 1ms);
  }
  ASSERT_EQ(b.state(later), breaker_state::closed);
  const breaker_snapshot shot = b.snapshot(later);
  EXPECT_GE(shot.opened, shot.closed);
  EXPECT_GT(shot.half_opened, 0U);
}

TEST(BreakerThreads, TotalsLoseNothing) {
  breaker_options options;
  options.consecutive_failures = 0;
  options.failure_rate = 1.0;
  breaker b(options, 1);
  std::atomic<std::int64_t> clock{0};
  together([&](int) {
    for (int i = 0; i < 10000; ++i) {
      const time_point now = start + std::chrono::milliseconds(clock.fetch_add(1));
      permit p = b.admit(now).take();
      i % 2 == 0 ? p.success(now, 1ms) : p.failure(now);
    }
  });
  const breaker_snapshot shot = b.snapshot(start + 1h);
  EXPECT_EQ(shot.totals.calls, 40000U);
  EXPECT_EQ(shot.totals.failures, 20000U);
}

}  // namespace
}  // namespace enlace
