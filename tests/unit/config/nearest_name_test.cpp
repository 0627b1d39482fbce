#include "config/nearest_name.hpp"

#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(EditDistance, CountsEachKindOfSlip) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("timeout", "timeout"), 0U);
  EXPECT_EQ(edit_distance("timout", "timeout"), 1U);
  EXPECT_EQ(edit_distance("timeoutt", "timeout"), 1U);
  EXPECT_EQ(edit_distance("timeaut", "timeout"), 1U);
  EXPECT_EQ(edit_distance("tiemout", "timeout"), 1U) << "neighbours swapped";
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U) << "no slip within a swap";
}

TEST(EditDistance, LooksAwayFromCase) { EXPECT_EQ(edit_distance("TimeOut", "timeout"), 0U); }

TEST(NearestName, FindsTheNearestOfSeveral) {
  static constexpr std::array<std::string_view, 4> names = {"base", "cap", "max_attempts", "budget_ratio"};
  EXPECT_EQ(nearest_name("max_atempts", names), "max_attempts");
  EXPECT_EQ(nearest_name("maxattempts", names), "max_attempts");
  EXPECT_EQ(nearest_name("bas", names), "base");
  EXPECT_EQ(nearest_name("budget_ration", names), "budget_ratio");
}

TEST(NearestName, FindsNothingThatIsFar) {
  static constexpr std::array<std::string_view, 3> names = {"base", "cap", "max_attempts"};
  EXPECT_EQ(nearest_name("jitter", names), std::nullopt);
  EXPECT_EQ(nearest_name("x", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
  EXPECT_EQ(nearest_name("base", {}), std::nullopt);
}

TEST(NearestName, DoesNotSpendTimeOnVeryLongNames) {
  static constexpr std::array<std::string_view, 1> names = {"base"};
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'b'), names), std::nullopt);
}

}  // namespace
}  // namespace enlace
