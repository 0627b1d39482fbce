#include "policy/call_window.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{std::chrono::hours(1)};

TEST(CallWindow, CountsWhatIsAdded) {
  call_window window(60s);
  EXPECT_FALSE(window.troubled());
  EXPECT_EQ(window.counts(start).calls, 0U);
  window.add(start, 1, false, false);
  EXPECT_FALSE(window.troubled());
  window.add(start + 1s, 1, true, false);
  window.add(start + 2s, 1, true, true);
  window.add(start + 3s, 0, false, true);
  EXPECT_TRUE(window.troubled());
  const window_counts counts = window.counts(start + 3s);
  EXPECT_EQ(counts.calls, 3U);
  EXPECT_EQ(counts.failures, 2U);
  EXPECT_EQ(counts.slow, 2U);
}

TEST(CallWindow, WhatIsASpanOldSlidesOutABucketAtATime) {
  call_window window(60s);
  for (int i = 0; i < 10; ++i) window.add(start + i * 6s, 1, true, false);
  EXPECT_EQ(window.counts(start + 60s - 1ns).calls, 10U);
  for (int i = 1; i <= 10; ++i) {
    EXPECT_EQ(window.counts(start + 54s + i * 6s - 1ns).calls, static_cast<unsigned>(11 - i));
    EXPECT_EQ(window.counts(start + 54s + i * 6s).calls, static_cast<unsigned>(10 - i));
  }
  EXPECT_FALSE(window.troubled());
}

TEST(CallWindow, TroubleEndsWhenTheFaultsHaveSlidOut) {
  call_window window(60s);
  window.add(start, 1, false, true);
  window.add(start + 59s, 1, false, false);
  EXPECT_TRUE(window.troubled());
  window.add(start + 61s, 1, false, false);
  EXPECT_FALSE(window.troubled());
  EXPECT_EQ(window.counts(start + 61s).calls, 2U);
}

TEST(CallWindow, ALongPauseEmptiesIt) {
  call_window window(60s);
  for (int i = 0; i < 10; ++i) window.add(start + i * 6s, 1, true, false);
  EXPECT_EQ(window.counts(start + 1000h).calls, 0U);
  window.add(start + 1000h, 1, false, false);
  EXPECT_EQ(window.counts(start + 1000h + 53s).calls, 1U);
}

TEST(CallWindow, ATimeThatIsSlightlyInThePastCountsNow) {
  call_window window(60s);
  window.add(start + 7s, 1, false, false);
  window.add(start, 1, true, false);
  EXPECT_EQ(window.counts(start + 7s).calls, 2U);
  EXPECT_EQ(window.counts(start).calls, 2U);
}

TEST(CallWindow, TotalsOutliveTheWindow) {
  call_window window(60s);
  window.add(start, 1, true, false);
  window.add(start + 30s, 1, false, true);
  window.clear();
  EXPECT_FALSE(window.troubled());
  EXPECT_EQ(window.counts(start + 30s).calls, 0U);
  window.add(start + 31s, 1, true, false);
  window.add(start + 300s, 1, false, false);
  EXPECT_EQ(window.totals().calls, 4U);
  EXPECT_EQ(window.totals().failures, 2U);
  EXPECT_EQ(window.totals().slow, 1U);
}

TEST(CallWindow, ResizingTakesEffectAtOnceAndKeepsWhatIsThere) {
  call_window window(1h);
  window.add(start, 1, true, false);
  window.resize(10s);
  EXPECT_EQ(window.counts(start + 5s).calls, 1U);
  EXPECT_EQ(window.counts(start + 10s).calls, 0U);
  call_window unused(1h);
  unused.resize(10s);
  unused.add(start, 1, true, false);
  EXPECT_EQ(unused.counts(start + 9s).calls, 1U);
  EXPECT_EQ(unused.counts(start + 10s).calls, 0U);
}

TEST(CallWindow, ThreadsLoseNothingAcrossRotations) {
  call_window window(10us);
  std::atomic<std::int64_t> ticks{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20000; ++i) {
        const time_point now = start + std::chrono::nanoseconds(ticks.fetch_add(7));
        window.add(now, 1, i % 3 == 0, i % 5 == 0);
        if (i % 1000 == 0) (void)window.counts(now);
        if (i % 7000 == 0) window.clear();
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(window.totals().calls, 80000U);
  EXPECT_EQ(window.totals().failures, 4U * 6667);
  EXPECT_EQ(window.totals().slow, 4U * 4000);
}

}  // namespace
}  // namespace enlace
