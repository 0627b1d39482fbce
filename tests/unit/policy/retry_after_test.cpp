#include "policy/retry_after.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr wall_time now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

std::optional<double> waited(int status, std::initializer_list<headers::field> lines, wall_time at = now) {
  headers fields;
  for (const headers::field& line : lines) fields.add(line.name, line.value);
  const std::optional<seconds_d> wait = retry_after(fields, status, at);
  return wait ? std::optional(wait->count()) : std::nullopt;
}

std::optional<double> rate(std::string_view field) {
  const std::optional<seconds_d> wait = rate_limit_wait(field);
  return wait ? std::optional(wait->count()) : std::nullopt;
}

TEST(RetryAfter, ReadsSeconds) {
  EXPECT_EQ(waited(503, {{"Retry-After", "120"}}), 120);
  EXPECT_EQ(waited(503, {{"retry-after", "0"}}), 0);
  EXPECT_EQ(waited(429, {{"RETRY-AFTER", "\t 7 "}}), 7);
  EXPECT_EQ(waited(500, {{"Retry-After", "000000000000000000000000012"}}), 12);
}

TEST(RetryAfter, ReadsDatesAndAPastOneIsNow) {
  EXPECT_EQ(waited(503, {{"Retry-After", "Thu, 01 Jan 2026 00:01:00 GMT"}}), 60);
  EXPECT_EQ(waited(503, {{"Retry-After", "Thursday, 01-Jan-26 00:01:00 GMT"}}), 60);
  EXPECT_EQ(waited(503, {{"Retry-After", "Wed, 31 Dec 2025 23:59:59 GMT"}}), 0);
  EXPECT_EQ(waited(503, {{"Retry-After", "Thu, 01 Jan 2026 00:01:00 GMT"}}, now + 500ms), 59.5);
  EXPECT_EQ(waited(503, {{"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"}}), max_retry_after.count());
  EXPECT_EQ(waited(503, {{"Retry-After", "Sat, 01 Jan 0000 00:00:00 GMT"}}), 0);
  EXPECT_EQ(waited(503, {{"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"}}, wall_time::min()), max_retry_after.count());
}

TEST(RetryAfter, IsBounded) {
  EXPECT_EQ(waited(503, {{"Retry-After", "4294967296"}}), max_retry_after.count());
  EXPECT_EQ(waited(503, {{"Retry-After", "99999999999999999999999999"}}), max_retry_after.count());
  EXPECT_EQ(waited(503, {{"Retry-After", "18446744073709551616"}}), max_retry_after.count());
}

TEST(RetryAfter, IgnoresWhatIsMalformed) {
  for (const char* text : {"", " ", "-1", "+1", "1.5", "1e3", "0x10", "10s", "1 2", "1, 2", "soon", "NaN", "inf"}) {
    EXPECT_EQ(waited(503, {{"Retry-After", text}}), std::nullopt) << text;
  }
}

TEST(RetryAfter, FieldsThatContradictEachOtherAreIgnored) {
  EXPECT_EQ(waited(503, {{"Retry-After", "1"}, {"Retry-After", "2"}}), std::nullopt);
  EXPECT_EQ(waited(503, {{"Retry-After", "3"}, {"retry-after", " 3"}}), 3);
}

TEST(RetryAfter, IsReadOfRefusalsOnly) {
  EXPECT_EQ(waited(200, {{"Retry-After", "3"}}), std::nullopt);
  EXPECT_EQ(waited(202, {{"Retry-After", "3"}}), std::nullopt);
  EXPECT_EQ(waited(301, {{"Retry-After", "3"}}), 3);
  EXPECT_EQ(waited(503, {}), std::nullopt);
}

TEST(RetryAfter, RateLimitCountsOn429WhenThereIsNoRetryAfter) {
  EXPECT_EQ(waited(429, {{"RateLimit", "\"default\";r=0;t=30"}}), 30);
  EXPECT_EQ(waited(503, {{"RateLimit", "\"default\";r=0;t=30"}}), std::nullopt);
  EXPECT_EQ(waited(429, {{"RateLimit", "\"default\";r=0;t=30"}, {"Retry-After", "5"}}), 5);
  EXPECT_EQ(waited(429, {{"RateLimit", "\"default\";r=0;t=30"}, {"Retry-After", "soon"}}), 30);
  EXPECT_EQ(waited(429, {{"RateLimit", "\"a\";r=0;t=30"}, {"RateLimit", "\"b\";r=0;t=60"}}), 60);
}

TEST(RateLimit, TheLongestExhaustedQuotaCounts) {
  EXPECT_EQ(rate("\"minute\";r=0;t=30, \"day\";r=0;t=4000"), 4000);
  EXPECT_EQ(rate("\"minute\";r=0;t=30 \t,\t\"day\";r=12;t=4000"), 30);
  EXPECT_EQ(rate("\"minute\";r=5;t=30"), std::nullopt);
  EXPECT_EQ(rate("\"minute\";r=0"), std::nullopt);
  EXPECT_EQ(rate("\"minute\";t=30"), std::nullopt);
  EXPECT_EQ(rate("\"minute\""), std::nullopt);
  EXPECT_EQ(rate(""), std::nullopt);
  EXPECT_EQ(rate("\"minute\";r=0;t=0"), 0);
  EXPECT_EQ(rate("\"minute\";r=0;t=-4"), std::nullopt);
  EXPECT_EQ(rate("\"minute\";r=-1;t=4"), std::nullopt);
  EXPECT_EQ(rate("\"minute\";r=0;t=999999999999999"), max_retry_after.count());
}

TEST(RateLimit, OtherParametersAreReadOver) {
  EXPECT_EQ(rate("  \"q\";pk=:cHJvag==:;r=0; t=9;flag;no=?0;x=1.5;name=\"a;r=1\\\"\\\\\";tok=a/b:c "), 9);
  EXPECT_EQ(rate("default;r=0;t=9"), 9);
  EXPECT_EQ(rate("*x;r=0;t=9"), 9);
  EXPECT_EQ(rate("\"q\";r=0;t=9 \t"), 9) << "white space around the field is no fault of the sender";
  EXPECT_EQ(rate("\"q\";r=0;t=9;t=10"), 10) << "the last of a name counts";
  EXPECT_EQ(rate("\"q\";r=0;t=9;t=\"x\""), std::nullopt);
  EXPECT_EQ(rate("\"q\";r=0;t=9.5"), std::nullopt) << "t is an integer";
  EXPECT_EQ(rate("\"q\";r;t=9"), std::nullopt);
}

TEST(RateLimit, AMalformedFieldIsIgnoredAsAWhole) {
  for (const char* text : {
           "\"q\";r=0;t=9,",
           ",\"q\";r=0;t=9",
           "\"q\";r=0;t=9,,\"p\"",
           "\"q\";r=0;t=9 \"p\"",
           "\"q;r=0;t=9",
           "\"q\\x\";r=0;t=9",
           "\"q\x7F\";r=0;t=9",
           "\"q\xC3\xA9\";r=0;t=9",
           "\"q\";R=0;t=9",
           "\"q\";r=;t=9",
           "\"q\";r=0;t=9;",
           "\"q\";r=0;t=9;1=2",
           "\"q\" ;r=0;t=9",
           "\"q\";r =0;t=9",
           "\"q\";r=0;t=9999999999999999",
           "\"q\";r=0;t=-",
           "\"q\";r=0;t=9;x=1.",
           "\"q\";r=0;t=9;x=1.2345",
           "\"q\";r=0;t=9;x=1234567890123.1",
           "\"q\";r=0;t=9;x=?2",
           "\"q\";r=0;t=9;x=:abc",
           "(\"q\" \"p\");r=0;t=9",
           "5;r=0;t=9",
       }) {
    EXPECT_EQ(rate(text), std::nullopt) << text;
  }
}

TEST(RateLimit, NoPrefixMakesItReadOutOfBounds) {
  const std::string whole = " \"q\\\\\";pk=:cHJvag==:;r=0;t=9;flag;no=?0;x=-1.5;tok=a/b:c , \"p\";r=0;t=1";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string part = whole.substr(0, size);  // its own buffer, so that a sanitizer sees an overrun
    rate(part);
  }
  EXPECT_EQ(rate(whole), 9);
}

}  // namespace
}  // namespace enlace
