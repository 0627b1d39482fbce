#include "policy/backoff.hpp"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

struct range {
  duration least = duration::max();
  duration most = duration::min();
  double mean = 0;
};

range draw(const retry_options& options, int failed_attempt, std::optional<seconds_d> retry_after = std::nullopt) {
  random_source random(42);
  range r;
  constexpr int draws = 4000;
  for (int i = 0; i < draws; ++i) {
    const duration wait = backoff(options, failed_attempt, retry_after, random);
    r.least = std::min(r.least, wait);
    r.most = std::max(r.most, wait);
    r.mean += seconds_d(wait).count() / draws;
  }
  return r;
}

TEST(Backoff, IsUniformFromZeroToALimitThatDoubles) {
  const retry_options options;
  duration limit = 100ms;
  for (int attempt = 1; attempt <= 12; ++attempt) {
    const range r = draw(options, attempt);
    const duration expected = std::min<duration>(limit, 10s);
    EXPECT_GE(r.least, 0ns);
    EXPECT_LT(r.least, expected / 100) << attempt;
    EXPECT_LE(r.most, expected) << attempt;
    EXPECT_GT(r.most, expected - expected / 100) << attempt;
    EXPECT_NEAR(r.mean, seconds_d(expected).count() / 2, seconds_d(expected).count() / 40) << attempt;
    limit *= 2;
  }
}

TEST(Backoff, NeverOverflows) {
  retry_options options;
  random_source random(1);
  for (const duration cap : {duration(1), duration(10s), duration::max()}) {
    for (const duration base : {duration(1), duration(100ms), duration::max()}) {
      options.cap = cap;
      options.base = base;
      for (const int attempt :
           {std::numeric_limits<int>::min(), -1, 0, 1, 2, 61, 62, 63, 64, 65, 1000, std::numeric_limits<int>::max()}) {
        const duration wait = backoff(options, attempt, std::nullopt, random);
        EXPECT_GE(wait, duration::zero());
        EXPECT_LE(wait, cap);
      }
    }
  }
}

TEST(Backoff, ABaseOrCapOfZeroMeansNoWait) {
  retry_options options;
  options.base = 0ns;
  EXPECT_EQ(draw(options, 5).most, 0ns);
  options.base = 100ms;
  options.cap = 0ns;
  EXPECT_EQ(draw(options, 5).most, 0ns);
}

TEST(Backoff, RetryAfterIsHonouredWithAtMostATenthOnTop) {
  const range r = draw(retry_options(), 1, seconds_d(7));
  EXPECT_GE(r.least, 7s);
  EXPECT_LT(r.least, 7010ms);
  EXPECT_LE(r.most, 7700ms);
  EXPECT_GT(r.most, 7690ms);
  // Also when it is shorter than the back-off would be, and when it is over the cap.
  EXPECT_LE(draw(retry_options(), 8, seconds_d(0.5)).most, 550ms);
  EXPECT_GE(draw(retry_options(), 1, seconds_d(60)).least, 60s);
}

TEST(Backoff, RetryAfterOfZeroLeavesTheBackOff) {
  const range r = draw(retry_options(), 1, seconds_d(0));
  EXPECT_LE(r.most, 100ms);
  EXPECT_GT(r.most, 90ms);
}

TEST(Backoff, AbsurdRetryAfterDoesNotWrap) {
  random_source random(3);
  EXPECT_EQ(backoff(retry_options(), 1, seconds_d(1e30), random), duration::max());
  EXPECT_LE(backoff(retry_options(), 1, seconds_d(-5), random), 100ms);
  EXPECT_LE(backoff(retry_options(), 1, seconds_d(std::numeric_limits<double>::quiet_NaN()), random), 100ms);
}

TEST(Backoff, SameSeedSameWaits) {
  random_source a(9), b(9);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(backoff(retry_options(), i, std::nullopt, a), backoff(retry_options(), i, std::nullopt, b));
  }
}

}  // namespace
}  // namespace enlace
