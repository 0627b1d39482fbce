#include "telemetry/histogram.hpp"

#include <cmath>

#include <enlace/random.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, IsEmptyAtFirst) {
  const histogram_data none = histogram().snapshot();
  EXPECT_EQ(none.count, 0U);
  EXPECT_EQ(none.quantile(0.99), 0);
  EXPECT_EQ(none.at_most(1), 0U);
}

TEST(Histogram, CountsAndAddsUp) {
  histogram made;
  for (const duration each : {duration(0), duration(1ms), duration(2ms), duration(1s)}) made.record(each);
  const histogram_data seen = made.snapshot();
  EXPECT_EQ(seen.count, 4U);
  EXPECT_EQ(seen.zeros, 1U);
  EXPECT_NEAR(seen.sum_seconds, 1.003, 1e-9);
  EXPECT_EQ(seen.at_most(0.5), 3U);
  EXPECT_EQ(seen.at_most(2), 4U);
}

TEST(Histogram, EachValueIsWithinItsBucket) {
  random_source random(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto ns = static_cast<std::int64_t>(std::exp2(10 + 31 * random.uniform()));  // 1 us to 36 minutes
    histogram one;
    one.record(duration(ns));
    const histogram_data seen = one.snapshot();
    ASSERT_EQ(seen.counts.size(), 1U);
    const double value = static_cast<double>(ns) * 1e-9;
    const double low = std::exp2(seen.offset / 16.0);
    ASSERT_GE(value, low * (1 - 1e-12)) << ns;
    ASSERT_LE(value, low * std::exp2(1 / 16.0) * (1 + 1e-12)) << ns;
  }
}

TEST(Histogram, QuantilesAreNearTheTruth) {
  histogram made;
  for (int ms = 1; ms <= 1000; ++ms) made.record(std::chrono::milliseconds(ms));
  const histogram_data seen = made.snapshot();
  for (const double share : {0.01, 0.5, 0.9, 0.99, 1.0}) EXPECT_NEAR(seen.quantile(share) / share, 1, 0.045) << share;
}

TEST(Histogram, WhatIsOutsideGoesToTheEnds) {
  histogram made;
  made.record(1ns);
  made.record(240h);
  EXPECT_EQ(made.snapshot().count, 2U);
  EXPECT_LT(made.snapshot().quantile(0.5), 2e-6);
  EXPECT_GT(made.snapshot().quantile(1), 3600);
}

TEST(Histogram, Merges) {
  histogram low;
  histogram high;
  low.record(1ms);
  high.record(1s);
  high.record(0s);
  histogram_data both = low.snapshot();
  both.add(high.snapshot());
  both.add(histogram_data());
  EXPECT_EQ(both.count, 3U);
  EXPECT_NEAR(both.quantile(1), 1, 0.045);
  EXPECT_NEAR(both.quantile(0.6), 0.001, 0.000045);
  histogram_data none;
  none.add(both);
  EXPECT_EQ(none.count, 3U);
}

TEST(Histogram, TellsWhatCameSince) {
  histogram made;
  made.record(100ms);
  const histogram_data before = made.snapshot();
  made.record(1ms);
  made.record(10s);
  const histogram_data later = made.snapshot().since(before);
  EXPECT_EQ(later.count, 2U);
  EXPECT_NEAR(later.quantile(0.5), 0.001, 0.000045);
  EXPECT_NEAR(later.sum_seconds, 10.001, 1e-6);
  EXPECT_EQ(made.snapshot().since(histogram_data()).count, 3U);
}

TEST(Histogram, RemembersTraces) {
  histogram made;
  span_place place;
  place.trace_id[0] = 7;
  made.record(20ms);
  made.remember(20ms, place, wall_time());
  ASSERT_EQ(made.snapshot().exemplars.size(), 1U);
  EXPECT_EQ(made.snapshot().exemplars[0].place.trace_id[0], 7);
  EXPECT_NEAR(made.snapshot().exemplars[0].seconds, 0.02, 1e-9);
}

}  // namespace
}  // namespace enlace
