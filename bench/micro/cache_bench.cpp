// What the cache costs. Read the CPU column: by thread and operation. Two threads scale by CPU(1 thread) / CPU(2
// threads). For figures to compare: --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <enlace/random.hpp>

#include "cache/cache.hpp"
#include "cache/flight.hpp"
#include "cache/storable.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{100h};
constexpr std::size_t entries = 20'000;
/// As many as are asked for again and again; their entries stay in the processor's caches.
constexpr std::size_t hot_entries = 500;

/// 250 bytes of JSON.
std::shared_ptr<const reply> usual_answer() {
  reply made =
      reply::success_with(object("text", std::string(150, 'x'), "model", "small", "score", 0.75, "tokens", 12));
  made.headers().add("Content-Type", "application/json");
  made.headers().add("Date", "Sun, 06 Nov 1994 08:49:37 GMT");
  made.call().service = "embedding";
  made.call().operation = "rag_query";
  return std::make_shared<const reply>(std::move(made));
}

cache_key key_number(std::uint64_t number) { return cache_key_builder(1).add(std::to_string(number)).finish(); }

cache_tags usual_tags() {
  cache_tags tags;
  tags.tenant = "acme";
  tags.service = "embedding";
  tags.operation = "rag_query";
  return tags;
}

const cache_lifetime an_hour{1h, 0s, 20ms};

struct filled_cache {
  filled_cache() {
    for (std::size_t i = 0; i < entries; ++i) {
      keys.push_back(key_number(i));
      kept.store(keys.back(), usual_tags(), usual_answer(), start, an_hour, 0);
    }
  }
  cache kept{cache_options()};
  std::vector<cache_key> keys;
};

filled_cache& filled() {
  static filled_cache all;
  return all;
}

const json::value usual_data = object("text", std::string(100, 'q'), "top_k", 5, "filter", object("lang", "en"));

cache_key usual_key() {
  cache_key_parts parts;
  parts.method = "POST";
  parts.url = "http://embedding-service:8000/api/generate";
  parts.data = &usual_data;
  parts.tenant = "acme";
  parts.agent = "agent-7";
  return key_for(parts);
}

void make_key(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(usual_key());
}
BENCHMARK(make_key);

/// The argument: how many keys are asked for at random. 20,000 answers lie spread over some 40 MB, so that each hit
/// then waits for memory.
void hit_range(benchmark::internal::Benchmark* bench) {
  bench->ArgName("keys")->Arg(1)->Arg(hot_entries)->Arg(entries)->Threads(1)->Threads(2);
}

/// Look-ups alone.
void find_hit(benchmark::State& state) {
  filled_cache& all = filled();
  random_source random(static_cast<std::uint64_t>(state.thread_index()) + 1);
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(all.kept.find(all.keys[random.below(keys)], "acme", start, 0.5));
}
BENCHMARK(find_hit)->Apply(hit_range);

/// All that the cache adds to a call that hits: key, look-up, and a copy of the value for the caller.
void whole_hit(benchmark::State& state) {
  filled_cache& all = filled();
  random_source random(static_cast<std::uint64_t>(state.thread_index()) + 1);
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(usual_key());
    const auto hit = all.kept.find(all.keys[random.below(keys)], "acme", start, 0.5);
    benchmark::DoNotOptimize(reply(*hit->value));
  }
}
BENCHMARK(whole_hit)->Apply(hit_range);

void find_miss(benchmark::State& state) {
  filled_cache& all = filled();
  for (auto _ : state) benchmark::DoNotOptimize(all.kept.find(cache_key(1, 1), "acme", start, 0.5));
}
BENCHMARK(find_miss);

/// New keys into a full cache, so that each displaces another.
void store_and_evict(benchmark::State& state) {
  cache_options options;
  options.max_bytes = 16U << 20;
  static std::unique_ptr<cache> full;
  if (state.thread_index() == 0) full = std::make_unique<cache>(options);
  const auto answer = usual_answer();
  std::uint64_t number = static_cast<std::uint64_t>(state.thread_index()) << 40;
  for (auto _ : state) {
    ++number;
    full->store(cache_key(number * 0x9E3779B97F4A7C15U, number), usual_tags(), answer, start, an_hour, 0);
  }
}
BENCHMARK(store_and_evict)->Threads(1)->Threads(2);

void measure_footprint(benchmark::State& state) {
  const auto answer = usual_answer();
  for (auto _ : state) benchmark::DoNotOptimize(footprint(*answer));
}
BENCHMARK(measure_footprint);

class idle_follower final : public flight_follower {
 public:
  void on_landed(std::shared_ptr<const reply> /*answer*/, const span_place& /*fetched_by*/) noexcept override {}
  void on_leader_gone() noexcept override {}
};

void fly_alone(benchmark::State& state) {
  flight_table table;
  idle_follower self;
  const auto answer = usual_answer();
  for (auto _ : state) table.join(cache_key(1, 1), "acme", 0, self).land(answer);
}
BENCHMARK(fly_alone);

void fly_with_followers(benchmark::State& state) {
  flight_table table;
  idle_follower self;
  std::vector<std::unique_ptr<idle_follower>> crowd(static_cast<std::size_t>(state.range(0)));
  for (auto& each : crowd) each = std::make_unique<idle_follower>();
  const auto answer = usual_answer();
  for (auto _ : state) {
    flight_lead lead = table.join(cache_key(1, 1), "acme", 0, self);
    for (auto& each : crowd) (void)table.join(cache_key(1, 1), "acme", 0, *each);
    lead.land(answer);
  }
}
BENCHMARK(fly_with_followers)->Arg(1)->Arg(1'000);

/// One tenant's 20,000 entries at once.
void invalidate_all(benchmark::State& state) {
  for (auto _ : state) {
    filled_cache all;
    cache_filter filter;
    filter.tenant = "acme";
    const auto before = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(all.kept.invalidate(filter));
    state.SetIterationTime(seconds_d(std::chrono::steady_clock::now() - before).count());
  }
}
BENCHMARK(invalidate_all)->Iterations(5)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace enlace
