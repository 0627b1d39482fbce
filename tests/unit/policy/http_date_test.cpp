#include "policy/http_date.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr wall_time now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + 12h;

std::optional<std::int64_t> seconds_of(std::string_view text, wall_time at = now) {
  const std::optional<wall_time> date = parse_http_date(text, at);
  if (!date) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(*date).time_since_epoch().count();
}

TEST(HttpDate, ReadsTheThreeFormsOfRfc9110) {
  EXPECT_EQ(seconds_of("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
  EXPECT_EQ(seconds_of("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777);
  EXPECT_EQ(seconds_of("Sun Nov  6 08:49:37 1994"), 784111777);
  EXPECT_EQ(seconds_of("Thu Nov 16 08:49:37 2017"), 1510822177);
}

TEST(HttpDate, KnowsLeapYears) {
  EXPECT_EQ(seconds_of("Thu, 29 Feb 2024 00:00:00 GMT"), 1709164800);
  EXPECT_EQ(seconds_of("Tue, 29 Feb 2000 00:00:00 GMT"), 951782400);
  EXPECT_EQ(seconds_of("Thu, 29 Feb 1900 00:00:00 GMT"), std::nullopt);
  EXPECT_EQ(seconds_of("Sat, 29 Feb 2025 00:00:00 GMT"), std::nullopt);
}

TEST(HttpDate, DatesBeyondTheClockBecomeItsNearestValue) {
  EXPECT_EQ(seconds_of("Fri, 31 Dec 9999 23:59:59 GMT"),
            std::chrono::floor<std::chrono::seconds>(wall_time::max()).time_since_epoch().count());
  EXPECT_EQ(seconds_of("Sat, 01 Jan 0000 00:00:00 GMT"),
            std::chrono::ceil<std::chrono::seconds>(wall_time::min()).time_since_epoch().count());
}

TEST(HttpDate, TwoDigitYearsAreNeverMoreThanFiftyYearsAhead) {
  // Exactly 50 years after `now`, and a second later.
  EXPECT_EQ(seconds_of("Wednesday, 01-Jan-76 12:00:00 GMT"), 3345105600);
  EXPECT_EQ(seconds_of("Thursday, 01-Jan-76 12:00:01 GMT"), 189345601);
  EXPECT_EQ(seconds_of("Wednesday, 31-Dec-75 23:59:59 GMT"), 3345062399);
  EXPECT_EQ(seconds_of("Saturday, 01-Jan-77 00:00:00 GMT"), 220924800);
  EXPECT_EQ(seconds_of("Thursday, 01-Jan-26 00:00:00 GMT"), 1767225600);
  EXPECT_EQ(seconds_of("Saturday, 01-Jan-00 00:00:00 GMT"), 946684800);
  // Late in a century the next one is near.
  const wall_time in_2099 = std::chrono::sys_days(std::chrono::year(2099) / 6 / 1);
  EXPECT_EQ(seconds_of("Thursday, 01-Jan-05 00:00:00 GMT", in_2099), 4260211200);
}

TEST(HttpDate, LeapDayOfATwoDigitYearIsJudgedInTheYearMeant) {
  EXPECT_EQ(seconds_of("Tuesday, 29-Feb-00 00:00:00 GMT"), 951782400);
  const wall_time in_2070 = std::chrono::sys_days(std::chrono::year(2070) / 1 / 1);
  EXPECT_EQ(seconds_of("Monday, 29-Feb-00 00:00:00 GMT", in_2070), std::nullopt);
}

TEST(HttpDate, RefusesEverythingElse) {
  for (const char* text : {
           "",
           "S",
           "Sun",
           "Sun,",
           "Sun, ",
           "Sun, 06 Nov 1994 08:49:37",
           "Sun, 06 Nov 1994 08:49:37 ",
           "Sun, 06 Nov 1994 08:49:37 UTC",
           "Sun, 06 Nov 1994 08:49:37 gmt",
           "Sun, 06 Nov 1994 08:49:37 GMT ",
           " Sun, 06 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 08:49:37 GMT+1",
           "sun, 06 Nov 1994 08:49:37 GMT",
           "Sun, 06 nov 1994 08:49:37 GMT",
           "Son, 06 Nov 1994 08:49:37 GMT",
           "Sun,  6 Nov 1994 08:49:37 GMT",
           "Sun, 6 Nov 1994 08:49:37 GMT",
           "Sun,06 Nov 1994 08:49:37 GMT",
           "Sun, 00 Nov 1994 08:49:37 GMT",
           "Sun, 31 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 94 08:49:37 GMT",
           "Sun, 06 Nov 19940 08:49:37 GMT",
           "Sun, 06 Nov 1994 24:00:00 GMT",
           "Sun, 06 Nov 1994 08:60:00 GMT",
           "Sun, 06 Nov 1994 08:49:60 GMT",
           "Sun, 06 Nov 1994 8:49:37 GMT",
           "Sun, 06 Nov 1994 -8:49:37 GMT",
           "Sun, 06 Nov 1994 08:49 GMT",
           "Sun, 06-Nov-1994 08:49:37 GMT",
           "Sun, 06-Nov-94 08:49:37 GMT",
           "Sunday, 06 Nov 94 08:49:37 GMT",
           "Sunday, 06-Nov-1994 08:49:37 GMT",
           "Sunday, 06-Nov-9a 08:49:37 GMT",
           "Sun Nov 6 08:49:37 1994",
           "Sun Nov  06 08:49:37 1994",
           "Sun Nov  6 08:49:37 1994 GMT",
           "Sun Nov  6 08:49:37 94",
           "Sun Nov  0 08:49:37 1994",
           "1994-11-06T08:49:37Z",
           "784111777",
       }) {
    EXPECT_EQ(seconds_of(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(HttpDate, NoPrefixOfADateIsADate) {
  for (const std::string_view whole :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(seconds_of(whole.substr(0, size)), std::nullopt) << size;
    }
  }
}

TEST(HttpDate, AnyDamagedByteIsNoticedOrChangesTheDate) {
  const std::string whole = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const char c : {'\0', ' ', '\t', '+', '-', 'x', '\xFF'}) {
      std::string damaged = whole;
      if (damaged[i] == c) continue;
      damaged[i] = c;
      EXPECT_EQ(seconds_of(damaged), std::nullopt) << i;
    }
  }
}

}  // namespace
}  // namespace enlace
