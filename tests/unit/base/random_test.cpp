#include <array>
#include <cstdint>
#include <limits>

#include <enlace/random.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

// The state after seeding with 0, and so the numbers, follow from the two published algorithms: SplitMix64's first four
// numbers for seed 0 are e220a8397b1dcdaf 6e789e6aa1b965f4 06c45d188009454f f88bb8a8724c81ec.
TEST(Random, IsXoshiroSeededBySplitMix) {
  random_source random(0);
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4U);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452aU);
  EXPECT_EQ(random.next(), 0x1a5f849d4933e6e0U);
}

TEST(Random, GivesTheSameNumbersForTheSameSeed) {
  random_source a(7);
  random_source b(7);
  random_source c(8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t drawn = a.next();
    EXPECT_EQ(drawn, b.next());
    differs = differs || drawn != c.next();
  }
  EXPECT_TRUE(differs);
}

TEST(Random, UniformFillsZeroToOneEvenly) {
  random_source random(1);
  std::array<int, 10> counts{};
  for (int i = 0; i < 100000; ++i) {
    const double drawn = random.uniform();
    ASSERT_GE(drawn, 0.0);
    ASSERT_LT(drawn, 1.0);
    ++counts[static_cast<std::size_t>(drawn * 10)];
  }
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);
}

TEST(Random, BelowKeepsToItsBound) {
  random_source random(2);
  EXPECT_EQ(random.below(0), 0U);
  EXPECT_EQ(random.below(1), 0U);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts[random.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);
}

// A bound of three quarters of the range: without rejection the lower third would come up twice as often.
TEST(Random, BelowHasNoBiasForHugeBounds) {
  random_source random(3);
  constexpr std::uint64_t bound = 3ULL << 62;
  std::array<int, 3> counts{};
  for (int i = 0; i < 30000; ++i) {
    const std::uint64_t drawn = random.below(bound);
    ASSERT_LT(drawn, bound);
    ++counts[drawn >> 62];
  }
  for (const int count : counts) EXPECT_NEAR(count, 10000, 400);
  EXPECT_LT(random.below(std::numeric_limits<std::uint64_t>::max()), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace enlace
