#include "policy/deadline.hpp"

#include <initializer_list>
#include <limits>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{std::chrono::hours(1)};

std::optional<duration> timeout_of(std::initializer_list<headers::field> lines) {
  headers fields;
  for (const headers::field& line : lines) fields.add(line.name, line.value);
  return parse_timeout(fields);
}

TEST(Saturated, ConvertsAndNeverWraps) {
  EXPECT_EQ(saturated(seconds_d(1.5)), 1500ms);
  EXPECT_EQ(saturated(seconds_d(-1.5)), -1500ms);
  EXPECT_EQ(saturated(seconds_d(0)), 0ns);
  EXPECT_EQ(saturated(seconds_d(1e300)), duration::max());
  EXPECT_EQ(saturated(seconds_d(-1e300)), duration::min());
  EXPECT_EQ(saturated(seconds_d(std::numeric_limits<double>::infinity())), duration::max());
  EXPECT_EQ(saturated(seconds_d(std::numeric_limits<double>::quiet_NaN())), 0ns);
  EXPECT_EQ(saturated(seconds_d(9223372036.854775807)), duration::max());
  EXPECT_LT(saturated(seconds_d(9223372036.0)), duration::max());
}

TEST(SaturatedAdd, StopsAtTheEndOfTime) {
  EXPECT_EQ(saturated_add(start, 5s), start + 5s);
  EXPECT_EQ(saturated_add(start, duration::max()), time_point::max());
  EXPECT_EQ(saturated_add(time_point::max(), 0ns), time_point::max());
  EXPECT_EQ(saturated_add(time_point::max(), 1ns), time_point::max());
  EXPECT_EQ(saturated_add(time_point(-5s), duration::max()), time_point(duration::max() - 5s));
}

TEST(Deadline, IsTheEarliestOfTimeoutAndInbound) {
  EXPECT_EQ(deadline(start, 5s).when(), start + 5s);
  EXPECT_EQ(deadline(start, 5s, start + 3s).when(), start + 3s);
  EXPECT_EQ(deadline(start, 5s, start + 7s).when(), start + 5s);
  EXPECT_EQ(deadline(start, 5s, start - 1s).when(), start - 1s);
  EXPECT_EQ(deadline(start, duration::max()).when(), time_point::max());
  EXPECT_EQ(deadline(start).when(), start);
}

TEST(Deadline, KnowsWhatIsLeft) {
  const deadline d(start, 5s);
  EXPECT_EQ(d.remaining(start), 5s);
  EXPECT_EQ(d.remaining(start + 4s), 1s);
  EXPECT_EQ(d.remaining(start + 5s), 0s);
  EXPECT_EQ(d.remaining(start + 9s), 0s);
  EXPECT_FALSE(d.expired(start + 5s - 1ns));
  EXPECT_TRUE(d.expired(start + 5s));
}

TEST(Deadline, NeverIsFarAway) {
  const deadline never;
  EXPECT_FALSE(never.expired(start));
  EXPECT_EQ(never.remaining(start), duration::max() - 1h);
  EXPECT_EQ(never.remaining(time_point(-1h)), duration::max());
  EXPECT_TRUE(never.fits(start, 24h * 365 * 100));
  EXPECT_EQ(never.attempt_deadline(start, 0s), time_point::max());
  EXPECT_EQ(never.attempt_deadline(start, 2s), start + 2s);
}

TEST(Deadline, AttemptsEndWithTheCallAtTheLatest) {
  const deadline d(start, 5s);
  EXPECT_EQ(d.attempt_deadline(start, 0s), start + 5s);
  EXPECT_EQ(d.attempt_deadline(start, 2s), start + 2s);
  EXPECT_EQ(d.attempt_deadline(start + 4s, 2s), start + 5s);
  EXPECT_EQ(d.attempt_deadline(start, duration::max()), start + 5s);
}

TEST(Deadline, AWaitFitsWhenTimeIsLeftAfterIt) {
  const deadline d(start, 5s);
  EXPECT_TRUE(d.fits(start, 0s));
  EXPECT_TRUE(d.fits(start, 5s - 1ns));
  EXPECT_FALSE(d.fits(start, 5s));
  EXPECT_FALSE(d.fits(start, duration::max()));
  EXPECT_FALSE(d.fits(start + 5s, 0s));
}

TEST(Deadline, MillisecondsLeftRoundDownButNotToNothing) {
  const deadline d(start, 5s);
  EXPECT_EQ(d.milliseconds_left(start), 5000);
  EXPECT_EQ(d.milliseconds_left(start + 1ns), 4999);
  EXPECT_EQ(d.milliseconds_left(start + 5s - 1ns), 1);
  EXPECT_EQ(d.milliseconds_left(start + 5s), 0);
  EXPECT_EQ(d.milliseconds_left(start + 6s), 0);
}

TEST(ParseTimeout, ReadsEachHeader) {
  EXPECT_EQ(timeout_of({}), std::nullopt);
  EXPECT_EQ(timeout_of({{"X-Enlace-Timeout-Ms", "1500"}}), 1500ms);
  EXPECT_EQ(timeout_of({{"x-enlace-timeout-ms", " 1500\t"}}), 1500ms);
  EXPECT_EQ(timeout_of({{"X-Enlace-Timeout-Ms", "0"}}), 0ms);
  EXPECT_EQ(timeout_of({{"grpc-timeout", "2S"}}), 2s);
  EXPECT_EQ(timeout_of({{"grpc-timeout", "0n"}}), 0ns);
  EXPECT_EQ(timeout_of({{"X-Envoy-Expected-Rq-Timeout-Ms", "250"}}), 250ms);
  EXPECT_EQ(timeout_of({{"x-envoy-expected-rq-timeout-ms", "0"}}), std::nullopt);
}

TEST(ParseTimeout, TheLeastOfAllCounts) {
  EXPECT_EQ(timeout_of({{"X-Enlace-Timeout-Ms", "1500"}, {"grpc-timeout", "1S"}}), 1s);
  EXPECT_EQ(timeout_of({{"X-Enlace-Timeout-Ms", "900"}, {"grpc-timeout", "1S"}}), 900ms);
  EXPECT_EQ(timeout_of({{"X-Enlace-Timeout-Ms", "x"}, {"grpc-timeout", "1S"}}), 1s);
  EXPECT_EQ(timeout_of({{"X-Enlace-Timeout-Ms", "9"}, {"X-Enlace-Timeout-Ms", "8"}}), 8ms);
}

TEST(ParseTimeout, EveryUnitOfGrpc) {
  EXPECT_EQ(timeout_of({{"grpc-timeout", "3H"}}), 3h);
  EXPECT_EQ(timeout_of({{"grpc-timeout", "3M"}}), 3min);
  EXPECT_EQ(timeout_of({{"grpc-timeout", "3S"}}), 3s);
  EXPECT_EQ(timeout_of({{"grpc-timeout", "3m"}}), 3ms);
  EXPECT_EQ(timeout_of({{"grpc-timeout", "3u"}}), 3us);
  EXPECT_EQ(timeout_of({{"grpc-timeout", "3n"}}), 3ns);
  EXPECT_EQ(timeout_of({{"grpc-timeout", "99999999u"}}), 99999999us);
}

TEST(ParseTimeout, IgnoresWhatIsMalformed) {
  for (const char* text : {"", " ", "-1", "+1", "1.5", "1e3", "0x1", "1ms", "1 0", "one", "1,2"}) {
    EXPECT_EQ(timeout_of({{"X-Enlace-Timeout-Ms", text}}), std::nullopt) << text;
    EXPECT_EQ(timeout_of({{"x-envoy-expected-rq-timeout-ms", text}}), std::nullopt) << text;
  }
  for (const char* text : {"", "S", "1", "1s", "1h", "1 S", "-1S", "1.5S", "123456789S", "1SS", "S1"}) {
    EXPECT_EQ(timeout_of({{"grpc-timeout", text}}), std::nullopt) << text;
  }
}

TEST(ParseTimeout, TenYearsAndMoreAreNoDeadline) {
  EXPECT_EQ(timeout_of({{"X-Enlace-Timeout-Ms", "315360000000"}}), std::nullopt);
  EXPECT_EQ(timeout_of({{"X-Enlace-Timeout-Ms", "315359999999"}}), 315359999999ms);
  EXPECT_EQ(timeout_of({{"X-Enlace-Timeout-Ms", "99999999999999999999999999999999"}}), std::nullopt);
  EXPECT_EQ(timeout_of({{"grpc-timeout", "99999999H"}}), std::nullopt);
}

}  // namespace
}  // namespace enlace
