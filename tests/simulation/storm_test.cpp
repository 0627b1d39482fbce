// One tenant storms; the others must hardly notice.

#include <chrono>
#include <string>

#include <enlace/testing/world.hpp>
#include <gtest/gtest.h>

namespace enlace::simulation {
namespace {

using namespace std::chrono_literals;
using testing::conditions;
using testing::latency;
using testing::world;

constexpr duration lasts = 20s;
constexpr int neighbours = 20;

struct tally {
  double calls = 0;
  double succeeded = 0;
};

boost::asio::awaitable<void> one_call(world& in, std::string tenant, tally& count) {
  const reply got = co_await in.caller().call(get("http://service:80/x").tenant(std::move(tenant)).timeout(2s));
  count.calls += 1;
  if (got.success()) count.succeeded += 1;
}

/// A call each `every`, answered or not.
boost::asio::awaitable<void> keep_calling(world& in, std::string tenant, duration first, duration every, tally& count) {
  co_await in.sleep(first);
  while (in.elapsed() < lasts) {
    in.spawn(one_call(in, tenant, count));
    co_await in.sleep(every);
  }
}

/// 2,000 calls a second of one tenant, ten a second of each neighbour; the neighbours' tally.
tally run_storm(world& in) {
  tally storm;
  tally others;
  in.spawn(keep_calling(in, "storm", 1s, 500us, storm));
  for (int i = 0; i < neighbours; ++i) {
    in.spawn(keep_calling(in, "tenant" + std::to_string(i), i * 5ms, 100ms, others));
  }
  in.run();
  EXPECT_TRUE(in.violations().empty());
  EXPECT_GE(storm.calls, 30'000);
  return others;
}

TEST(Storm, OfCallsIsStoppedByTheTenantsLimit) {
  world in(11);
  settings values;
  values.limits.tenant_in_flight = 20;
  in.configure(values);
  conditions how;
  how.takes = latency::between(20ms, 40ms);
  how.capacity = 20;  // a request keeps the service busy for half of that time: 30 at once, unless something stops them
  in.at("service:80").keeps_requests(false).fares(how);
  const tally others = run_storm(in);
  EXPECT_GT(others.succeeded / others.calls, 0.99);
}

TEST(Storm, OfRefusedCallsCostsTheOthersNoBudgetAndNoBreaker) {
  world in(12);
  in.configure(settings());
  conditions how;
  how.takes = latency::between(5ms, 20ms);
  in.at("service:80").keeps_requests(false).fares(how).answers([&in](const testing::received& what) {
    if (what.tenant() == "storm") return testing::answer(429).with("Retry-After", "1");
    // Now and then a neighbour needs a retry, and there must be budget for it.
    return testing::answer(in.random().below(50) == 0 ? 500 : 200);
  });
  const tally others = run_storm(in);
  EXPECT_GT(others.succeeded / others.calls, 0.99);
}

}  // namespace
}  // namespace enlace::simulation
