// A thousand callers, and a service that fails for a minute: what it sees meanwhile and afterwards.

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <enlace/testing/world.hpp>
#include <gtest/gtest.h>

namespace enlace::simulation {
namespace {

using namespace std::chrono_literals;
using testing::conditions;
using testing::latency;
using testing::world;

constexpr int callers = 1000;
constexpr duration healthy = 20s;
constexpr duration failing = 60s;
constexpr duration afterwards = 30s;

/// Attempts that reach the service, second by second.
class load final : public testing::observer {
 public:
  explicit load(world& in) : world_(in) {}
  void on_attempt(const testing::received& /*what*/) override {
    const auto second =
        static_cast<std::size_t>(std::chrono::duration_cast<std::chrono::seconds>(world_.elapsed()).count());
    if (second < seconds.size()) ++seconds[second];
  }
  [[nodiscard]] double most(duration from, duration until) const {
    const auto first = std::chrono::duration_cast<std::chrono::seconds>(from).count();
    const auto last = std::chrono::duration_cast<std::chrono::seconds>(until).count();
    return *std::max_element(seconds.begin() + first, seconds.begin() + last);
  }
  std::vector<double> seconds = std::vector<double>((healthy + failing + afterwards) / 1s);

 private:
  world& world_;
};

/// Calls once a second, whatever comes of it.
boost::asio::awaitable<void> call_on_and_on(world& in, duration first) {
  co_await in.sleep(first);
  while (in.elapsed() < healthy + failing + afterwards) {
    const time_point began = in.time().now();
    co_await in.caller().call(get("http://service:80/x").timeout(2s));
    const duration spent = in.time().now() - began;
    if (spent < 1s) co_await in.sleep(1s - spent);
  }
}

struct failure_kind {
  const char* name;
  conditions how;
  breaker_override breaker = breaker_override::automatic;
};
void PrintTo(const failure_kind& kind, std::ostream* out) { *out << kind.name; }

class Herd : public ::testing::TestWithParam<failure_kind> {};

TEST_P(Herd, TheFailingServiceSeesLittleMoreThanItsUsualLoad) {
  world in(7);
  settings values;
  values.services["service"].hosts = {"service:80"};
  values.services["service"].breaker.cool_down = 5s;
  values.services["service"].breaker.max_cool_down = afterwards / 2;
  in.configure(values);
  conditions well;
  well.takes = latency::between(1ms, 20ms);
  testing::service& to = in.at("service:80").keeps_requests(false).fares(well);
  const auto seen = std::make_shared<load>(in);
  in.watch(seen);
  in.plan(healthy, "the service fails", [&] { to.fares_for(failing, GetParam().how); });
  for (int i = 0; i < callers; ++i) in.spawn(call_on_and_on(in, std::chrono::milliseconds(i)));
  in.run_for(1s);
  in.caller().override_breaker("service", GetParam().breaker);
  in.run();
  ASSERT_TRUE(in.violations().empty());

  const double usual = seen->most(2s, healthy);
  EXPECT_LE(seen->most(healthy, healthy + failing), 1.25 * usual) << "while it fails";
  EXPECT_LE(seen->most(healthy + failing, healthy + failing + afterwards), 1.25 * usual) << "afterwards";
  if (GetParam().breaker == breaker_override::automatic) {
    EXPECT_LE(seen->most(healthy + 10s, healthy + failing), 0.1 * usual) << "it is not left alone";
  }
  EXPECT_GE(seen->most(healthy + failing, healthy + failing + afterwards), 0.75 * usual) << "traffic is not back";
}

INSTANTIATE_TEST_SUITE_P(
    Failures, Herd,
    ::testing::Values(failure_kind{"refused", conditions{.refused = 1}},
                      failure_kind{"reset", conditions{.reset_after = 1}, breaker_override::observe},
                      failure_kind{"hanging", conditions{.hanging = 1}},
                      failure_kind{"error500", conditions{.failing = 1}, breaker_override::observe},
                      failure_kind{"overloaded", conditions{.capacity = 1}, breaker_override::observe}),
    [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace enlace::simulation
