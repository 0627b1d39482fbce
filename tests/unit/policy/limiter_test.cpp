#include "policy/limiter.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(Limiter, AdmitsUpToItsLimit) {
  limiter calls(2);
  std::optional<limiter::slot> first = calls.enter();
  std::optional<limiter::slot> second = calls.enter();
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(calls.enter());
  EXPECT_EQ(calls.in_flight(), 2);
  first.reset();
  EXPECT_EQ(calls.in_flight(), 1);
  EXPECT_TRUE(calls.enter());
}

TEST(Limiter, ZeroCountsOnly) {
  limiter calls(0);
  std::vector<limiter::slot> slots;
  for (int i = 0; i < 1000; ++i) slots.push_back(*calls.enter());
  EXPECT_EQ(calls.in_flight(), 1000);
  slots.clear();
  EXPECT_EQ(calls.in_flight(), 0);
}

TEST(Limiter, AMovedSlotIsGivenBackOnce) {
  limiter calls(3);
  {
    limiter::slot a = *calls.enter();
    limiter::slot b = std::move(a);
    EXPECT_EQ(calls.in_flight(), 1);
    limiter::slot c = *calls.enter();
    c = std::move(b);
    EXPECT_EQ(calls.in_flight(), 1) << "the slot that was there before is given back at once";
  }
  EXPECT_EQ(calls.in_flight(), 0);
}

TEST(Limiter, ResizingKeepsWhoIsIn) {
  limiter calls(2);
  std::optional<limiter::slot> first = calls.enter();
  std::optional<limiter::slot> second = calls.enter();
  calls.resize(1);
  EXPECT_EQ(calls.in_flight(), 2);
  first.reset();
  EXPECT_FALSE(calls.enter());
  second.reset();
  EXPECT_TRUE(calls.enter());
  calls.resize(0);
  EXPECT_TRUE(calls.enter());
}

TEST(Limiter, ThreadsNeverExceedIt) {
  limiter calls(3);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        const std::optional<limiter::slot> slot = calls.enter();
        if (!slot) continue;
        const int here = inside.fetch_add(1) + 1;
        int seen = most.load();
        while (here > seen && !most.compare_exchange_weak(seen, here)) {
        }
        inside.fetch_sub(1);
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_LE(most.load(), 3);
  EXPECT_EQ(calls.in_flight(), 0);
}

TEST(TenantLimiter, LimitsEachTenantAlone) {
  tenant_limiter calls(2);
  std::optional<tenant_limiter::slot> a1 = calls.enter("a");
  std::optional<tenant_limiter::slot> a2 = calls.enter("a");
  std::optional<tenant_limiter::slot> b1 = calls.enter("b");
  EXPECT_TRUE(a1 && a2 && b1);
  EXPECT_FALSE(calls.enter("a"));
  EXPECT_EQ(calls.in_flight("a"), 2);
  EXPECT_EQ(calls.in_flight("b"), 1);
  a1.reset();
  EXPECT_TRUE(calls.enter("a"));
}

TEST(TenantLimiter, ForgetsTenantsWithNothingInFlight) {
  tenant_limiter calls(1);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(calls.enter("tenant number " + std::to_string(i)));
    EXPECT_EQ(calls.tenants(), 0U);
  }
  const std::optional<tenant_limiter::slot> slot = calls.enter("a");
  EXPECT_FALSE(calls.enter("a"));
  EXPECT_EQ(calls.tenants(), 1U);
}

TEST(TenantLimiter, NoLimitAndNoTenantAreNotCounted) {
  tenant_limiter off(0);
  const std::optional<tenant_limiter::slot> a = off.enter("a");
  EXPECT_TRUE(a);
  EXPECT_EQ(off.tenants(), 0U);
  tenant_limiter calls(1);
  const std::optional<tenant_limiter::slot> one = calls.enter("");
  const std::optional<tenant_limiter::slot> two = calls.enter("");
  EXPECT_TRUE(one && two);
}

TEST(TenantLimiter, SlotsSurviveGrowthOfTheTableAndMoves) {
  tenant_limiter calls(1);
  std::vector<tenant_limiter::slot> slots;
  for (int i = 0; i < 500; ++i) slots.push_back(*calls.enter("tenant number " + std::to_string(i)));
  EXPECT_EQ(calls.tenants(), 500U);
  slots.erase(slots.begin(), slots.begin() + 499);
  EXPECT_EQ(calls.tenants(), 1U);
  EXPECT_EQ(calls.in_flight("tenant number 499"), 1);
}

TEST(TenantLimiter, ResizingWorksAtRunTime) {
  tenant_limiter calls(1);
  const std::optional<tenant_limiter::slot> one = calls.enter("a");
  calls.resize(2);
  EXPECT_TRUE(calls.enter("a"));
  calls.resize(0);
  EXPECT_TRUE(calls.enter("a"));
}

TEST(TenantLimiter, IsThreadSafe) {
  tenant_limiter calls(2);
  std::vector<std::thread> threads;
  std::atomic<int> refused{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) {
        const std::optional<tenant_limiter::slot> own = calls.enter(std::string(1, static_cast<char>('a' + t)));
        const std::optional<tenant_limiter::slot> common = calls.enter("common");
        if (!own || (common && calls.in_flight("common") > 2)) ++refused;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(refused.load(), 0);
  EXPECT_EQ(calls.tenants(), 0U);
}

}  // namespace
}  // namespace enlace
