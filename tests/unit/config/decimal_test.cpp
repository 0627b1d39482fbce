#include "config/decimal.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(Decimal, SplitsANumberFromWhatFollows) {
  const split_number number = split_leading_number("12.50ms");
  EXPECT_TRUE(number.valid);
  EXPECT_EQ(number.whole, "12");
  EXPECT_EQ(number.fraction, "50");
  EXPECT_EQ(number.rest, "ms");
}

TEST(Decimal, RefusesWhatDoesNotBeginWithDigits) {
  for (const char* text : {"", "s", ".5s", "-1", "+1", " 1", "1.", "1.s", "1..2", "e5", "\0"}) {
    EXPECT_FALSE(split_leading_number(text).valid) << text;
  }
}

TEST(Decimal, LeavesExponentsAndSecondPointsToTheRest) {
  EXPECT_EQ(split_leading_number("1e3s").rest, "e3s");
  EXPECT_EQ(split_leading_number("1.5.2").rest, ".2");
}

TEST(Decimal, ScalesWithoutFloatingPointError) {
  const auto scaled = [](const char* text, std::uint64_t unit) {
    return scale_decimal(split_leading_number(text), unit);
  };
  EXPECT_EQ(scaled("0.1", 1'000'000'000), 100'000'000U);
  EXPECT_EQ(scaled("0.3", 10), 3U);
  EXPECT_EQ(scaled("2.5", 3'600'000'000'000), 9'000'000'000'000U);
  EXPECT_EQ(scaled("1.000000001", 1'000'000'000), 1'000'000'001U);
  EXPECT_EQ(scaled("0.999999999", 3'600'000'000'000), 3'599'999'996'400U);
  EXPECT_EQ(scaled("1.5", 1), 1U) << "cut off below one";
  EXPECT_EQ(scaled("0.0000000009", 1'000'000'000), 0U) << "cut off after nine decimals";
}

TEST(Decimal, FindsOverflowInEveryStep) {
  const auto scaled = [](const std::string& text, std::uint64_t unit) {
    return scale_decimal(split_leading_number(text), unit);
  };
  EXPECT_EQ(scaled("18446744073709551615", 1), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(scaled("18446744073709551616", 1), std::nullopt);
  EXPECT_EQ(scaled("99999999999999999999999", 1), std::nullopt);
  EXPECT_EQ(scaled("18446744073709551615", 2), std::nullopt);
  EXPECT_EQ(scaled("1844674407370955161.9", 10), std::nullopt) << "the fraction alone makes it too much";
  EXPECT_EQ(scaled(std::string(100'000, '9'), 1), std::nullopt);
  EXPECT_EQ(scaled(std::string(100'000, '0') + "7", 1), 7U);
}

TEST(Decimal, FormatsWithoutTrailingZeros) {
  EXPECT_EQ(format_decimal(2500, 1000), "2.5");
  EXPECT_EQ(format_decimal(2000, 1000), "2");
  EXPECT_EQ(format_decimal(1, 1000), "0.001");
  EXPECT_EQ(format_decimal(0, 1000), "0");
}

}  // namespace
}  // namespace enlace
