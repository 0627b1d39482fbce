#include "cache/cache.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <enlace/random.hpp>
#include <enlace/result.hpp>
#include <gtest/gtest.h>

#include "cache/eviction.hpp"
#include "cache/storable.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{100h};
constexpr cache_lifetime one_minute{60s, 0s, 0s};

std::shared_ptr<const reply> answer_of(std::size_t size, std::string_view text = "x") {
  json::string data(text);
  data.resize(std::max(size, text.size()), ' ');
  return std::make_shared<const reply>(reply::success_with(std::move(data)));
}

std::size_t cost_of(std::size_t size) { return eviction_order::entry_bytes(footprint(*answer_of(size))); }

cache_key key_number(std::uint64_t number) { return cache_key_builder(1).add(std::to_string(number)).finish(); }

cache_tags tags_of(std::string_view tenant, std::string_view service = {}, std::string_view operation = {},
                   std::string_view collection = {}) {
  cache_tags tags;
  tags.tenant = tenant;
  tags.service = service;
  tags.operation = operation;
  tags.collection = collection;
  return tags;
}

cache_options bytes_and_share(std::uint64_t max_bytes, double share) {
  cache_options options;
  options.max_bytes = max_bytes;
  options.tenant_share = share;
  return options;
}

class CacheTest : public testing::Test {
 protected:
  bool store(std::uint64_t number, std::string_view tenant = "acme", std::size_t size = 100,
             const cache_lifetime& lifetime = one_minute) {
    return cache_.store(key_number(number), tags_of(tenant), answer_of(size), start, lifetime, cache_.ticket());
  }
  bool has(std::uint64_t number, time_point now = start, std::string_view tenant = "acme") {
    return cache_.find(key_number(number), tenant, now, 0).has_value();
  }

  cache cache_{cache_options()};
};

TEST_F(CacheTest, FindsWhatWasStored) {
  const auto value = answer_of(10);
  EXPECT_FALSE(has(1));
  EXPECT_TRUE(cache_.store(key_number(1), tags_of("acme"), value, start, one_minute, cache_.ticket()));
  const auto hit = cache_.find(key_number(1), "acme", start + 5s, 0);
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit->value, value);
  EXPECT_FALSE(hit->stale);
  EXPECT_FALSE(hit->refresh_early);
  EXPECT_EQ(hit->age, 5s);
  EXPECT_FALSE(has(2));
}

TEST_F(CacheTest, AnEqualKeyOfAnotherTenantFindsNothing) {
  store(1, "acme");
  EXPECT_FALSE(has(1, start, "umbrella"));
  EXPECT_FALSE(has(1, start, ""));
  EXPECT_FALSE(has(1, start, "acm"));
  EXPECT_TRUE(has(1, start, "acme"));
}

TEST_F(CacheTest, AnotherTenantsLookUpDropsNothing) {
  cache_lifetime lifetime = one_minute;
  lifetime.ttl = 1s;
  store(1, "acme", 10, lifetime);
  EXPECT_FALSE(has(1, start + 10s, "umbrella"));
  EXPECT_EQ(cache_.stats().entries, 1U);
}

TEST_F(CacheTest, IsFreshUntilTheTtlAndNotAtIt) {
  store(1);
  EXPECT_TRUE(has(1, start + 60s - 1ns));
  EXPECT_FALSE(has(1, start + 60s));
}

TEST_F(CacheTest, StoresNothingWithoutATtl) {
  cache_lifetime lifetime;
  lifetime.keep_stale = 1h;
  EXPECT_FALSE(store(1, "acme", 10, lifetime));
  lifetime.ttl = -1ns;
  EXPECT_FALSE(store(1, "acme", 10, lifetime));
  EXPECT_EQ(cache_.stats().entries, 0U);
  lifetime.ttl = 1ns;
  EXPECT_TRUE(store(1, "acme", 10, lifetime));
  EXPECT_TRUE(has(1, start));
}

TEST_F(CacheTest, EndlessLifetimesDoNotOverflow) {
  cache_lifetime lifetime;
  lifetime.ttl = duration::max();
  lifetime.keep_stale = duration::max();
  store(1, "acme", 10, lifetime);
  EXPECT_TRUE(has(1, start));
  EXPECT_TRUE(has(1, start + std::chrono::hours(24 * 365 * 100)));
  lifetime.ttl = 1s;
  store(2, "acme", 10, lifetime);
  EXPECT_TRUE(cache_.find(key_number(2), "acme", start + 1h, 0, duration::max())->stale);
}

TEST_F(CacheTest, ALookUpAtAnEarlierTimeHasNoNegativeAge) {
  store(1);
  EXPECT_EQ(cache_.find(key_number(1), "acme", start - 5ms, 0)->age, 0s);
}

TEST_F(CacheTest, DropsWhatIsPastItsTime) {
  store(1);
  EXPECT_FALSE(has(1, start + 60s));
  EXPECT_EQ(cache_.stats().entries, 0U);
  EXPECT_EQ(cache_.stats().bytes, 0U);
  EXPECT_EQ(cache_.stats().evictions, 0U);
}

TEST_F(CacheTest, ServesStaleWithinBothLimitsOnly) {
  cache_lifetime lifetime = one_minute;
  lifetime.keep_stale = 30s;
  store(1, "acme", 10, lifetime);
  const auto find = [&](duration after, duration allowed) {
    return cache_.find(key_number(1), "acme", start + 60s + after, 0, allowed);
  };
  EXPECT_FALSE(find(0s, 0s)) << "only who allows it gets a stale one";
  EXPECT_FALSE(find(0s, -1s));
  ASSERT_TRUE(find(0s, 1ns));
  EXPECT_TRUE(find(0s, 1ns)->stale);
  EXPECT_FALSE(find(0s, 1ns)->refresh_early);
  EXPECT_EQ(find(10s, 20s)->age, 70s);
  EXPECT_FALSE(find(20s, 20s));
  EXPECT_TRUE(find(20s, 20s + 1ns));
  EXPECT_TRUE(find(30s - 1ns, 1h));
  EXPECT_EQ(cache_.stats().entries, 1U);
  EXPECT_FALSE(find(30s, 1h));
  EXPECT_EQ(cache_.stats().entries, 0U) << "past keep_stale it is dropped";
}

TEST_F(CacheTest, AFreshOneIsNotStaleWhateverIsAllowed) {
  store(1);
  EXPECT_FALSE(cache_.find(key_number(1), "acme", start, 0, 1h)->stale);
}

TEST_F(CacheTest, TheLaterValueReplacesTheEarlier) {
  store(1, "acme", 5'000);
  const std::uint64_t before = cache_.stats().bytes;
  const auto value = answer_of(10);
  cache_.store(key_number(1), tags_of("acme"), value, start + 50s, one_minute, cache_.ticket());
  EXPECT_EQ(cache_.find(key_number(1), "acme", start + 100s, 0)->value, value);
  EXPECT_EQ(cache_.stats().entries, 1U);
  EXPECT_EQ(before - cache_.stats().bytes, cost_of(5'000) - cost_of(10));
  EXPECT_EQ(cache_.stats().evictions, 0U);
}

TEST_F(CacheTest, AnotherTenantsEqualKeyTakesThePlace) {
  store(1, "acme");
  store(1, "umbrella");
  EXPECT_FALSE(has(1, start, "acme"));
  EXPECT_TRUE(has(1, start, "umbrella"));
  EXPECT_EQ(cache_.stats().entries, 1U);
}

TEST_F(CacheTest, AValueLivesAsLongAsItsReader) {
  store(1, "acme", 500);
  const auto hit = cache_.find(key_number(1), "acme", start, 0);
  cache_filter all;
  all.tenant = "acme";
  EXPECT_EQ(cache_.invalidate(all), 1U);
  EXPECT_EQ(hit->value->data().as_string().size(), 500U);
}

TEST_F(CacheTest, CountsWhatHappened) {
  cache_lifetime lifetime = one_minute;
  lifetime.keep_stale = 1h;
  store(1, "acme", 10, lifetime);
  EXPECT_TRUE(has(1));
  EXPECT_TRUE(has(1));
  EXPECT_FALSE(has(2));
  EXPECT_TRUE(cache_.find(key_number(1), "acme", start + 61s, 0, 1h));
  const cache_stats stats = cache_.stats();
  EXPECT_EQ(stats.hits, 2U);
  EXPECT_EQ(stats.misses, 1U);
  EXPECT_EQ(stats.stale, 1U);
  EXPECT_EQ(stats.stores, 1U);
  EXPECT_EQ(stats.entries, 1U);
  EXPECT_GT(stats.bytes, footprint(*answer_of(10)));
}

TEST(CacheOptions, ASenselessShareIsRefused) {
  for (const double share : {0.0, -0.5, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(cache(bytes_and_share(1 << 20, share)), failure) << share;
  }
  EXPECT_NO_THROW(cache(bytes_and_share(1 << 20, 1.0)));
}

TEST(CacheOptions, NoBytesMeanNoEntries) {
  cache none(bytes_and_share(0, 0.5));
  EXPECT_FALSE(none.store(key_number(1), tags_of("acme"), answer_of(1), start, one_minute, none.ticket()));
  EXPECT_FALSE(none.find(key_number(1), "acme", start, 0));
  EXPECT_EQ(none.stats().bytes, 0U);
}

/// How often a look-up asks for a refresh, of 100,000.
double refresh_rate(duration cost, duration left) {
  cache kept{cache_options()};
  cache_lifetime lifetime = one_minute;
  lifetime.cost = cost;
  kept.store(key_number(1), tags_of("acme"), answer_of(1), start, lifetime, 0);
  random_source random(11);
  int refreshes = 0;
  for (int i = 0; i < 100'000; ++i) {
    refreshes += kept.find(key_number(1), "acme", start + 60s - left, random.uniform())->refresh_early ? 1 : 0;
  }
  return refreshes / 100'000.0;
}

TEST(CacheEarlyRefresh, HappensAsOftenAsXFetchSays) {
  // P(-d ln(u) >= r) = exp(-r / d); four standard deviations of 100,000 trials are at most 0.0064.
  for (const double ratio : {0.01, 0.5, 1.0, 2.0, 5.0}) {
    const auto left = std::chrono::duration_cast<duration>(2s * ratio);
    EXPECT_NEAR(refresh_rate(2s, left), std::exp(-ratio), 0.0064) << ratio;
  }
}

TEST(CacheEarlyRefresh, NeverFarFromExpiryOrWithoutACost) {
  EXPECT_EQ(refresh_rate(1s, 38s), 0.0);
  EXPECT_EQ(refresh_rate(0s, 1ns), 0.0);
  EXPECT_EQ(refresh_rate(-1s, 1ns), 0.0);
}

TEST(CacheEarlyRefresh, TheEndsOfTheRangeOfRandomNumbers) {
  cache kept{cache_options()};
  cache_lifetime lifetime = one_minute;
  lifetime.cost = 2s;
  kept.store(key_number(1), tags_of("acme"), answer_of(1), start, lifetime, 0);
  EXPECT_FALSE(kept.find(key_number(1), "acme", start + 60s - 1ns, 0.0)->refresh_early);
  EXPECT_TRUE(kept.find(key_number(1), "acme", start, std::nextafter(1.0, 0.0))->refresh_early);
}

class CacheInvalidation : public testing::Test {
 protected:
  CacheInvalidation() {
    std::uint64_t number = 0;
    for (const char* tenant : {"acme", "umbrella"}) {
      for (const char* service : {"rag", "llm"}) {
        for (const char* operation : {"query", "search"}) {
          for (const char* collection : {"docs", "mail"}) {
            cache_.store(key_number(number++), tags_of(tenant, service, operation, collection), answer_of(10), start,
                         one_minute, 0);
          }
        }
      }
    }
    filter_.tenant = "acme";
  }

  cache cache_{cache_options()};
  cache_filter filter_;
};

TEST_F(CacheInvalidation, OfATenantDropsAllOfItsOwn) {
  EXPECT_EQ(cache_.invalidate(filter_), 8U);
  for (std::uint64_t i = 0; i < 8; ++i) EXPECT_FALSE(cache_.find(key_number(i), "acme", start, 0));
  for (std::uint64_t i = 8; i < 16; ++i) EXPECT_TRUE(cache_.find(key_number(i), "umbrella", start, 0));
  EXPECT_EQ(cache_.invalidate(filter_), 0U);
}

TEST_F(CacheInvalidation, IsNarrowedByEveryTagGiven) {
  filter_.collection = "mail";
  EXPECT_EQ(cache_.invalidate(filter_), 4U);
  EXPECT_FALSE(cache_.find(key_number(1), "acme", start, 0));
  EXPECT_TRUE(cache_.find(key_number(0), "acme", start, 0));
  filter_.collection = "docs";
  filter_.service = "rag";
  filter_.operation = "search";
  EXPECT_EQ(cache_.invalidate(filter_), 1U);
  EXPECT_FALSE(cache_.find(key_number(2), "acme", start, 0));
  filter_.collection = std::nullopt;
  filter_.operation = "none such";
  EXPECT_EQ(cache_.invalidate(filter_), 0U);
}

TEST_F(CacheInvalidation, AnEmptyTagIsNotAMissingOne) {
  filter_.collection = "";
  EXPECT_EQ(cache_.invalidate(filter_), 0U);
}

TEST_F(CacheInvalidation, OfAnUnknownTenantDropsNothing) {
  filter_.tenant = "nobody";
  EXPECT_EQ(cache_.invalidate(filter_), 0U);
}

TEST_F(CacheInvalidation, StopsAFillThatWasUnderWay) {
  const auto fill = [&](std::uint64_t ticket, std::string_view collection) {
    return cache_.store(key_number(99), tags_of("acme", "rag", "query", collection), answer_of(10), start, one_minute,
                        ticket);
  };
  const std::uint64_t before = cache_.ticket();
  filter_.collection = "docs";
  cache_.invalidate(filter_);
  EXPECT_FALSE(fill(before, "docs"));
  EXPECT_FALSE(cache_.find(key_number(99), "acme", start, 0));
  EXPECT_TRUE(fill(before, "mail"));
  EXPECT_TRUE(fill(cache_.ticket(), "docs"));
}

TEST_F(CacheInvalidation, ATenantsTicketKnowsItsOwnInvalidationsOnly) {
  const std::uint64_t before = cache_.ticket("acme");
  const std::uint64_t of_other = cache_.ticket("umbrella");
  cache_.invalidate(filter_);
  EXPECT_GT(cache_.ticket("acme"), before);
  EXPECT_EQ(cache_.ticket("umbrella"), of_other);
  const auto fill = [&](std::uint64_t ticket, std::string_view tenant) {
    return cache_.store(key_number(99), tags_of(tenant), answer_of(10), start, one_minute, ticket);
  };
  EXPECT_FALSE(fill(before, "acme"));
  EXPECT_TRUE(fill(cache_.ticket("acme"), "acme"));
  EXPECT_TRUE(fill(of_other, "umbrella"));
}

TEST_F(CacheInvalidation, ATenantsTicketHoldsThroughVeryManyInvalidations) {
  for (int i = 0; i < 1'000; ++i) cache_.invalidate(filter_);
  const std::uint64_t acme = cache_.ticket("acme");
  const std::uint64_t umbrella = cache_.ticket("umbrella");
  EXPECT_TRUE(cache_.store(key_number(98), tags_of("acme"), answer_of(10), start, one_minute, acme));
  EXPECT_TRUE(cache_.store(key_number(99), tags_of("umbrella"), answer_of(10), start, one_minute, umbrella));
}

TEST_F(CacheInvalidation, StopsAFillEvenWhenVeryManyCameAfterIt) {
  const std::uint64_t before = cache_.ticket();
  cache_.invalidate(filter_);
  filter_.tenant = "umbrella";
  for (int i = 0; i < 1'000; ++i) cache_.invalidate(filter_);
  EXPECT_FALSE(cache_.store(key_number(99), tags_of("acme"), answer_of(10), start, one_minute, before));
}

TEST_F(CacheInvalidation, DropsMoreThanOneBatch) {
  for (std::uint64_t i = 100; i < 1'100; ++i) {
    cache_.store(key_number(i), tags_of("third"), answer_of(10), start, one_minute, 0);
  }
  filter_.tenant = "third";
  EXPECT_EQ(cache_.invalidate(filter_), 1'000U);
  EXPECT_EQ(cache_.stats().entries, 16U);
}

}  // namespace
}  // namespace enlace
