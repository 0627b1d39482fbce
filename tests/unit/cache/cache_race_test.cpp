#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <enlace/random.hpp>
#include <gtest/gtest.h>

#include "cache/cache.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{100h};
constexpr cache_lifetime one_minute{60s, 60s, 1s};

cache_key key_number(std::uint64_t number) { return cache_key_builder(1).add(std::to_string(number)).finish(); }

std::shared_ptr<const reply> number_reply(std::uint64_t number, std::size_t padding = 0) {
  return std::make_shared<const reply>(reply::success_with(array(number, json::string(padding, 'x'))));
}

std::uint64_t number_in(const reply& answer) { return answer.data().as_array().at(0).to_number<std::uint64_t>(); }

template <class Work>
void on_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& each : threads) each.join();
}

TEST(CacheRace, BoundsHoldAndValuesStayWithTheirKeysAndTenants) {
  cache_options options;
  options.max_bytes = 100'000;
  cache shared(options);
  std::atomic<bool> over{false};
  std::atomic<int> wrong{0};
  std::atomic<int> found{0};
  on_threads(4, [&](int thread) {
    random_source random(static_cast<std::uint64_t>(thread) + 1);
    for (int i = 0; i < 4'000; ++i) {
      const std::uint64_t number = random.below(300);
      const std::string tenant = "tenant-" + std::to_string(number % 5);
      const time_point now = start + std::chrono::seconds(i / 100);
      const auto hit = shared.find(key_number(number), tenant, now, random.uniform(), 30s);
      if (hit) {
        found.fetch_add(1);
        if (number_in(*hit->value) != number) wrong.fetch_add(1);
      } else {
        cache_tags tags;
        tags.tenant = tenant;
        cache_lifetime lifetime = one_minute;
        lifetime.ttl = std::chrono::seconds(1 + random.below(20));
        shared.store(key_number(number), tags, number_reply(number, static_cast<std::size_t>(random.below(2'000))), now,
                     lifetime, shared.ticket());
      }
      if (random.below(500) == 0) {
        cache_filter filter;
        filter.tenant = tenant;
        shared.invalidate(filter);
      }
      if (shared.stats().bytes > options.max_bytes) over = true;
    }
  });
  EXPECT_FALSE(over);
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(found, 1'000);
  for (int i = 0; i < 5; ++i) {
    cache_filter filter;
    filter.tenant = "tenant-" + std::to_string(i);
    shared.invalidate(filter);
  }
  EXPECT_EQ(shared.stats().entries, 0U);
  EXPECT_EQ(shared.stats().bytes, 0U);
}

/// Some threads fetch from a source of truth and store, as callers do; one changes the truth, invalidates, and looks.
TEST(CacheRace, AfterAnInvalidationNothingOlderIsFound) {
  cache shared{cache_options()};
  std::atomic<std::uint64_t> truth{0};
  std::atomic<bool> done{false};
  std::atomic<int> stored{0};
  int outdated = 0;
  int seen = 0;
  on_threads(4, [&](int thread) {
    cache_tags tags;
    tags.tenant = "acme";
    tags.collection = "docs";
    if (thread != 0) {
      random_source random(static_cast<std::uint64_t>(thread));
      while (!done) {
        const cache_key key = key_number(random.below(3));
        const std::uint64_t ticket = thread == 1 ? shared.ticket() : shared.ticket("acme");
        const auto answer = number_reply(truth.load());
        if (shared.store(key, tags, answer, start, one_minute, ticket)) stored.fetch_add(1);
      }
      return;
    }
    cache_filter filter;
    filter.tenant = "acme";
    for (std::uint64_t version = 1; version <= 1'500; ++version) {
      filter.collection = version % 2 == 0 ? std::optional<std::string>("docs") : std::nullopt;
      truth.store(version);
      shared.invalidate(filter);
      for (std::uint64_t key = 0; key < 3; ++key) {
        const auto hit = shared.find(key_number(key), "acme", start, 0);
        if (!hit) continue;
        ++seen;
        if (number_in(*hit->value) < version) ++outdated;
      }
      if (version % 16 == 0) std::this_thread::yield();
    }
    done = true;
  });
  EXPECT_EQ(outdated, 0);
  EXPECT_GT(stored, 0);
}

TEST(CacheRace, OneKeyReadReplacedAndDroppedByAll) {
  cache shared{cache_options()};
  std::atomic<int> wrong{0};
  on_threads(4, [&](int thread) {
    random_source random(static_cast<std::uint64_t>(thread) + 9);
    cache_tags tags;
    tags.tenant = "acme";
    for (int i = 0; i < 5'000; ++i) {
      const time_point now = start + std::chrono::milliseconds(i);
      const auto hit = shared.find(key_number(1), "acme", now, random.uniform());
      if (hit && number_in(*hit->value) != 7) wrong.fetch_add(1);
      if (!hit || random.below(20) == 0) {
        cache_lifetime lifetime;
        lifetime.ttl = 3ms;
        shared.store(key_number(1), tags, number_reply(7), now, lifetime, shared.ticket());
      }
    }
  });
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(shared.stats().entries, 1U);
}

}  // namespace
}  // namespace enlace
