#include "config/option_text.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(OptionText, WritesNumbersAsPeopleDo) {
  const auto text = [](double number) { return format_option(option_kind::number, number); };
  EXPECT_EQ(text(0.5), "0.5");
  EXPECT_EQ(text(0.1), "0.1");
  EXPECT_EQ(text(0), "0");
  EXPECT_EQ(text(1'000'000), "1000000");
  EXPECT_EQ(text(-2.25), "-2.25");
  EXPECT_EQ(text(1e300), "1e+300");
  EXPECT_EQ(text(1e-300), "1e-300");
  EXPECT_EQ(text(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(text(-std::numeric_limits<double>::max()), "-1.7976931348623157e+308");
  EXPECT_EQ(text(0.0000012345678901234567), "0.0000012345678901234567");
}

TEST(OptionText, WritesEveryKind) {
  EXPECT_EQ(format_option(option_kind::boolean, true), "true");
  EXPECT_EQ(format_option(option_kind::integer, std::int64_t{-7}), "-7");
  EXPECT_EQ(format_option(option_kind::size, std::uint64_t{1} << 20), "1MiB");
  EXPECT_EQ(format_option(option_kind::time, duration(std::chrono::seconds(90))), "90s");
  EXPECT_EQ(format_option(option_kind::lifetime, never_cached), "never");
  EXPECT_EQ(format_option(option_kind::text, std::string("a b")), "a b");
  EXPECT_EQ(format_option(option_kind::hosts, std::vector<std::string>{}), "[]");
  EXPECT_EQ(format_option(option_kind::hosts, std::vector<std::string>{"a", "b:80"}), "[\"a\", \"b:80\"]");
  EXPECT_EQ(format_option(option_kind::scope, cache_scope()),
            "[\"tenant\", \"agent\", \"conversation\", \"collection\"]");
  EXPECT_EQ(format_option(option_kind::text, option_value()), "");
}

}  // namespace
}  // namespace enlace
