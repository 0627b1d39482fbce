#include "policy/retry_budget.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <enlace/random.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{std::chrono::hours(1)};

std::string numbered(const char* word, int number) { return std::string(word).append(std::to_string(number)); }

/// Nothing comes with time.
retry_options timeless() {
  retry_options options;
  options.budget_per_second = 0;
  return options;
}

int take_all(retry_budget& budget, std::string_view tenant, time_point now) {
  int taken = 0;
  while (budget.take(tenant, now)) ++taken;
  return taken;
}

TEST(RetryBudget, StartsWithItsBurst) {
  retry_budget budget(timeless());
  EXPECT_EQ(budget.left(start), 10);
  EXPECT_EQ(take_all(budget, "a", start), 10);
  EXPECT_EQ(budget.left(start), 0);
  EXPECT_EQ(take_all(budget, "b", start), 0) << "the service has none left";
}

TEST(RetryBudget, AFifthOfEachFirstAttemptIsEarnedExactly) {
  retry_budget budget(timeless());
  take_all(budget, "a", start);
  for (int round = 0; round < 1000; ++round) {
    for (int i = 0; i < 4; ++i) budget.earn("a", start);
    ASSERT_FALSE(budget.take("a", start)) << round;
    budget.earn("a", start);
    ASSERT_TRUE(budget.take("a", start)) << round;
  }
}

TEST(RetryBudget, KeepsNoMoreThanItsBurst) {
  retry_budget budget(timeless());
  for (int i = 0; i < 1000; ++i) budget.earn("a", start);
  EXPECT_EQ(take_all(budget, "a", start), 10);
}

TEST(RetryBudget, BothMustGrantAndNeitherPaysAlone) {
  retry_budget budget(timeless());
  EXPECT_EQ(take_all(budget, "a", start), 10);
  for (int i = 0; i < 50; ++i) budget.earn("b", start);  // fills the service's bucket again, not a's
  EXPECT_EQ(budget.left(start), 10);
  EXPECT_FALSE(budget.take("a", start));
  EXPECT_EQ(budget.left(start), 10);
  EXPECT_EQ(take_all(budget, "b", start), 10);
  for (int i = 0; i < 5; ++i) budget.earn("a", start);
  EXPECT_TRUE(budget.take("a", start));
  EXPECT_FALSE(budget.take("c", start)) << "the service has none left";
  EXPECT_EQ(budget.left("c"), 10);
}

TEST(RetryBudget, TheServiceEarnsWithTimeItsTenantsDoNot) {
  const retry_options options;
  retry_budget budget(options);
  EXPECT_EQ(take_all(budget, "a", start), 10);
  EXPECT_EQ(budget.left(start + 500ms), 0.5);
  EXPECT_FALSE(budget.take("b", start + 999ms));
  EXPECT_TRUE(budget.take("b", start + 1001ms));
  EXPECT_FALSE(budget.take("b", start + 1001ms));
  EXPECT_FALSE(budget.take("a", start + 9s));
  EXPECT_EQ(budget.left(start + 1h), 10);
}

TEST(RetryBudget, FrequentLooksLoseNoTime) {
  for (const double per_second : {1.0, 0.0007, 3.3}) {
    retry_options options;
    options.budget_per_second = per_second;
    retry_budget budget(options);
    take_all(budget, "", start);
    const int seconds = per_second < 0.1 ? 3000 : 2;
    time_point now = start;
    for (const duration step : {duration(999us), duration(1001us), duration(13ms)}) {
      const time_point end = now + std::chrono::seconds(seconds) / 3;
      for (; now < end; now += step) (void)budget.left(now);
    }
    const double expected = per_second * seconds_d(now - start).count();
    EXPECT_NEAR(budget.left(now), expected, expected * 0.001 + per_second * 0.002) << per_second;
  }
}

TEST(RetryBudget, AClockThatStepsBackGivesNothing) {
  retry_budget budget{retry_options()};
  take_all(budget, "", start);
  EXPECT_EQ(budget.left(start - 10s), 0);
  EXPECT_FALSE(budget.take("", start - 10s));
  EXPECT_EQ(budget.left(start), 0);
}

TEST(RetryBudget, ABurstOfZeroMeansNoRetries) {
  retry_options options;
  options.budget_burst = 0;
  retry_budget budget(options);
  for (int i = 0; i < 100; ++i) budget.earn("a", start + i * 1s);
  EXPECT_FALSE(budget.take("a", start + 100s));
  EXPECT_FALSE(budget.take("", start + 100s));
}

TEST(RetryBudget, NoTenantHasNoBucketOfItsOwn) {
  retry_budget budget(timeless());
  EXPECT_EQ(take_all(budget, "", start), 10);
  for (int i = 0; i < 25; ++i) budget.earn("", start);
  EXPECT_EQ(take_all(budget, "", start), 5);
  EXPECT_EQ(budget.tenants(), 0U);
}

TEST(RetryBudget, WhatIsGivenBackCanBeSpentAgain) {
  retry_budget budget(timeless());
  EXPECT_EQ(take_all(budget, "a", start), 10);
  budget.give_back("a");
  EXPECT_EQ(take_all(budget, "a", start), 1);
  retry_budget full(timeless());
  full.give_back("a");
  full.give_back("");
  EXPECT_EQ(take_all(full, "a", start), 10) << "never more than the burst";
}

TEST(RetryBudget, OnlyTenantsThatHaveSpentAreRemembered) {
  retry_budget budget(timeless());
  for (int i = 0; i < 10000; ++i) budget.earn(numbered("tenant ", i), start);
  EXPECT_EQ(budget.tenants(), 0U);
  EXPECT_TRUE(budget.take("a", start));
  EXPECT_EQ(budget.tenants(), 1U);
  EXPECT_EQ(budget.left("a"), 9);
  for (int i = 0; i < 5; ++i) budget.earn("a", start);
  EXPECT_EQ(budget.tenants(), 0U) << "a full bucket needs no entry";
  EXPECT_EQ(budget.left("a"), 10);
}

/// A service whose own bucket never stands in the way.
retry_options endless_service() {
  retry_options options;
  options.budget_per_second = 1e9;
  return options;
}

TEST(RetryBudget, GrowthKeepsEveryTenantsBucket) {
  retry_budget budget(endless_service());
  time_point now = start;
  constexpr int tenants = 700;
  for (int i = 0; i < tenants; ++i) {
    for (int j = 0; j <= i % 10; ++j) ASSERT_TRUE(budget.take(numbered("tenant ", i), now += 1ms));
  }
  EXPECT_EQ(budget.tenants(), static_cast<std::size_t>(tenants));
  for (int i = 0; i < tenants; ++i) ASSERT_EQ(budget.left(numbered("tenant ", i)), 9 - i % 10) << i;
}

TEST(RetryBudget, TheTableIsBounded) {
  retry_budget budget(endless_service());
  time_point now = start;
  for (int i = 0; i < 100000; ++i) (void)budget.take(numbered("tenant ", i), now += 10ms);
  EXPECT_EQ(budget.tenants(), retry_budget::max_tenants);
}

TEST(RetryBudget, NewTenantsUnderPressureShareOneBucket) {
  retry_budget budget(endless_service(), 8);
  time_point now = start;
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(budget.take(numbered("spender ", i), now += 1ms));
  EXPECT_EQ(budget.tenants(), 8U);
  int granted = 0;
  for (int i = 0; i < 1000; ++i) granted += budget.take(numbered("new ", i), now += 1ms) ? 1 : 0;
  EXPECT_EQ(granted, 10) << "a thousand new tenants have no more than one has";
  EXPECT_EQ(budget.tenants(), 8U);
  // What they earn is theirs together, ...
  for (int i = 0; i < 10; ++i) budget.earn(numbered("new ", i), now);
  EXPECT_EQ(take_all(budget, "new 77", now), 2);
  // ... and those that have an entry keep their own.
  EXPECT_EQ(budget.left("spender 3"), 9);
}

TEST(RetryBudget, TheOldestEntryGivesWayAfterAMinuteWithoutACall) {
  retry_budget budget(endless_service(), 8);
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(budget.take(numbered("spender ", i), start + i * 1s));
  budget.earn("spender 0", start + 30s);  // still calls
  EXPECT_EQ(budget.left("spender 0"), 9.2);
  EXPECT_TRUE(budget.take("new", start + 60s + 999ms));
  EXPECT_EQ(budget.left("new"), 10) << "had no entry: everybody still counts as active";
  EXPECT_TRUE(budget.take("new", start + 61s));
  EXPECT_EQ(budget.left("new"), 9);
  EXPECT_EQ(budget.left("spender 0"), 9.2);
  EXPECT_EQ(budget.left("spender 1"), 10) << "forgotten";
  EXPECT_EQ(budget.left("spender 2"), 9);
  EXPECT_EQ(budget.tenants(), 8U);
}

TEST(RetryBudget, ReconfiguringKeepsWhatWasSavedUpToTheNewLimit) {
  retry_budget budget(timeless());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(budget.take("a", start));
  retry_options smaller = timeless();
  smaller.budget_burst = 5;
  smaller.budget_ratio = 1;
  budget.reconfigure(smaller);
  EXPECT_EQ(budget.left(start), 5);
  EXPECT_EQ(budget.tenants(), 0U) << "7 of 5 is full";
  EXPECT_EQ(take_all(budget, "a", start), 5);
  budget.earn("a", start);
  EXPECT_EQ(take_all(budget, "a", start), 1);
  retry_options larger = timeless();
  larger.budget_burst = 20;
  budget.reconfigure(larger);
  EXPECT_EQ(take_all(budget, "a", start), 0);
  EXPECT_EQ(budget.left(start), 0);
}

/// Whatever happens, retries are at most burst + ratio x first attempts + seconds, for the service and each tenant.
TEST(RetryBudget, RandomTrafficNeverSpendsMoreThanItMay) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    random_source random(seed);
    retry_budget budget{retry_options()};
    std::map<std::string, std::pair<int, int>> seen;  // first attempts, retries
    int first_attempts = 0;
    int retries = 0;
    time_point now = start;
    for (int i = 0; i < 5000; ++i) {
      now += std::chrono::microseconds(random.below(3000));
      const std::string tenant = numbered("t", static_cast<int>(random.below(12)));
      if (random.below(3) != 0) {
        budget.earn(tenant, now);
        ++first_attempts;
        ++seen[tenant].first;
      } else if (budget.take(tenant, now)) {
        if (random.below(10) == 0) {
          budget.give_back(tenant);
        } else {
          ++retries;
          ++seen[tenant].second;
        }
      }
      ASSERT_LE(retries, 10 + 0.2 * first_attempts + seconds_d(now - start).count() + 1e-6);
      ASSERT_LE(seen[tenant].second, 10 + 0.2 * seen[tenant].first + 1e-6);
    }
    EXPECT_GT(retries, 100);
  }
}

TEST(RetryBudget, ThreadsTogetherSpendWhatThereIsAndNoMore) {
  retry_budget budget(timeless());
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  constexpr int calls = 5000;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string tenant = numbered("t", t / 2);
      for (int i = 0; i < calls; ++i) {
        budget.earn(tenant, start);
        if (budget.take(tenant, start)) ++taken;
        if (i % 64 == 0 && budget.take("", start)) budget.give_back("");
      }
    });
  }
  for (std::thread& t : threads) t.join();
  const double left = budget.left(start);
  EXPECT_LE(taken.load() + left, 10 + 0.2 * 4 * calls + 1e-6);
  EXPECT_GT(taken.load(), 0.19 * 4 * calls);
}

}  // namespace
}  // namespace enlace
