#include "server/hit_counts.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(HitCounts, CountsEachKey) {
  hit_counts hits;
  EXPECT_EQ(hits.of("a"), 0U);
  EXPECT_EQ(hits.add("a"), 1U);
  EXPECT_EQ(hits.add("a"), 2U);
  EXPECT_EQ(hits.add("b"), 1U);
  EXPECT_EQ(hits.of("a"), 2U);
}

TEST(HitCounts, StaysBounded) {
  hit_counts hits;
  for (std::size_t i = 0; i < hit_counts::keys_most; ++i) hits.add(std::to_string(i));
  EXPECT_EQ(hits.add("7"), 2U);
  EXPECT_EQ(hits.add("new"), 1U);
  EXPECT_EQ(hits.of("7"), 0U);
}

TEST(HitCounts, MayBeUsedByManyThreads) {
  hit_counts hits;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&hits] {
      for (int i = 0; i < 1000; ++i) hits.add("k");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(hits.of("k"), 4000U);
}

}  // namespace
}  // namespace enlace
