#include <chrono>
#include <memory>

#include <enlace/testing/explore.hpp>
#include <gtest/gtest.h>

namespace enlace::testing {
namespace {

using namespace std::chrono_literals;

/// Broken by the plans 3 and 7 together, by every seed that is a multiple of 5.
void needs_two(world& in) {
  const auto three = std::make_shared<bool>(false);
  for (int i = 0; i < 20; ++i) {
    in.plan(std::chrono::seconds(i), "plan " + std::to_string(i), [&in, three, i] {
      if (i == 3) *three = true;
      if (i == 7 && *three && in.seed() % 5 == 0) in.violated("never both", "both");
    });
  }
}

TEST(Explore, FindsTheSeedAndTheShortestHistory) {
  const auto found = explore({.first_seed = 1, .seeds = 100}, needs_two);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->seed, 5U);
  EXPECT_EQ(found->broken.promise, "never both");
  EXPECT_EQ(found->plans, 20U);
  EXPECT_EQ(found->needed, 2U);
  ASSERT_EQ(found->trail.size(), 3U);
  EXPECT_NE(found->trail[0].find("* plan 3"), std::string::npos);
  EXPECT_NE(found->text().find("seed 5; 2 of 20 plans"), std::string::npos);
}

TEST(Explore, CanLeaveTheHistoryAsItIs) {
  const auto found = explore({.first_seed = 1, .seeds = 100, .shrink = false}, needs_two);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->needed, 20U);
}

TEST(Explore, FindsNothingWhereNothingIs) { EXPECT_FALSE(explore({.first_seed = 1, .seeds = 4}, needs_two)); }

TEST(Explore, ChecksTheEnd) {
  const auto found = explore({.seeds = 1}, [](world& in) {
    in.plan(1s, "", [] {});
    in.run_for(1ms);
  });
  EXPECT_FALSE(found) << "what was planned is run";
}

}  // namespace
}  // namespace enlace::testing
