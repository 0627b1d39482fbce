#include "config/duration_text.hpp"

#include <chrono>
#include <cstdint>
#include <string>

#include <enlace/random.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

TEST(DurationText, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("500ms").value(), 500ms);
  EXPECT_EQ(parse_duration("2.5s").value(), 2500ms);
  EXPECT_EQ(parse_duration("10m").value(), 10min);
  EXPECT_EQ(parse_duration("1h").value(), 1h);
  EXPECT_EQ(parse_duration("1.5h").value(), 90min);
  EXPECT_EQ(parse_duration("0.000001ms").value(), 1ns);
  EXPECT_EQ(parse_duration("007s").value(), 7s);
}

TEST(DurationText, ZeroNeedsNoUnit) {
  EXPECT_EQ(parse_duration("0").value(), 0s);
  EXPECT_EQ(parse_duration("0.0").value(), 0s);
  EXPECT_EQ(parse_duration("0h").value(), 0s);
}

TEST(DurationText, ANumberWithoutUnitIsSecondsWhereThatIsSaid) {
  EXPECT_FALSE(parse_duration("20"));
  EXPECT_NE(parse_duration("20").error().message.find("\"20s\""), std::string::npos);
  EXPECT_EQ(parse_duration("20", bare_number::seconds).value(), 20s);
  EXPECT_EQ(parse_duration("2.5", bare_number::seconds).value(), 2500ms);
  EXPECT_EQ(parse_duration("500ms", bare_number::seconds).value(), 500ms);
}

TEST(DurationText, ReadsAMinusSoThatTheReaderCanRefuseIt) {
  EXPECT_EQ(parse_duration("-1s").value(), -1s);
  EXPECT_EQ(parse_duration("-0.5", bare_number::seconds).value(), -500ms);
}

TEST(DurationText, RefusesEverythingElse) {
  for (const char* text :
       {"",     "s",     "ms",  "-",   "--1s", "+1s",   "1 s", " 1s", "1s ",  "1S",    "1sec",   "1d", "1us",
        "1e3s", "0x10s", ".5s", "5.s", "1,5s", "1h30m", "nan", "inf", "NaNs", "never", "1.2.3s", "1ss"}) {
    for (const bare_number bare : {bare_number::refused, bare_number::seconds}) {
      const result<duration> parsed = parse_duration(text, bare);
      ASSERT_FALSE(parsed) << text;
      EXPECT_EQ(parsed.error().code, error_code::validation_error);
    }
  }
}

TEST(DurationText, RefusesMoreThanAYear) {
  EXPECT_EQ(parse_duration("8760h").value(), longest_duration);
  EXPECT_FALSE(parse_duration("8760.000001h"));
  EXPECT_FALSE(parse_duration("-8761h"));
  EXPECT_FALSE(parse_duration("99999999999999999999999999h"));
  EXPECT_FALSE(parse_duration("18446744073709551615ms"));
}

TEST(DurationText, FormatsInTheLargestUnitThatDivides) {
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_EQ(format_duration(24h), "24h");
  EXPECT_EQ(format_duration(90min), "90m");
  EXPECT_EQ(format_duration(45s), "45s");
  EXPECT_EQ(format_duration(500ms), "500ms");
  EXPECT_EQ(format_duration(2500ms), "2.5s");
  EXPECT_EQ(format_duration(1500us), "1.5ms");
  EXPECT_EQ(format_duration(1000001us), "1.000001s");
  EXPECT_EQ(format_duration(1ns), "0.000001ms");
  EXPECT_EQ(format_duration(-90s), "-90s");
  EXPECT_EQ(format_duration(duration::min()), "-9223372036.854775808s");
}

TEST(DurationText, ReadsBackWhatItFormats) {
  random_source random(7);
  const auto most = static_cast<std::uint64_t>(std::chrono::nanoseconds(longest_duration).count());
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t range = i % 2 == 0 ? most : 5'000'000'000;
    const auto count = static_cast<std::int64_t>(random.below(range));
    const duration value{std::chrono::nanoseconds(i % 3 == 0 ? -count : count)};
    const std::string text = format_duration(value);
    ASSERT_EQ(parse_duration(text).value(), value) << text;
  }
}

}  // namespace
}  // namespace enlace
