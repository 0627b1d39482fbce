// A service that tells how it is over real sockets, and the upstreams that it depends on.
#include <atomic>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <enlace/health_endpoint.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/call_on_loop.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

json::value body_of(const incoming& in) { return parse_json(in.body).value(); }

/// A service with a client, a health endpoint, and nothing else to say.
class telling_service {
 public:
  using setter = std::function<void(health_endpoint&)>;

  explicit telling_service(setter prepare, settings values = settings())
      : values_(std::move(values)),
        prepare_(std::move(prepare)),
        server_([this](const server_request& asked, responder& out) { return serve(asked, out); }) {
    on_loop([this] {
      client_.emplace(server_.loop().get_executor(), options::make(values_).value());
      health_.emplace(health_identity{"rag", "1.2"}, *client_);
      prepare_(*health_);
    });
  }
  telling_service(const telling_service&) = delete;
  telling_service& operator=(const telling_service&) = delete;
  ~telling_service() {
    // They belong to the server's loop, and end there.
    on_loop([this] {
      health_.reset();
      client_.reset();
    });
    server_.stop();
  }

  [[nodiscard]] incoming ask(std::string_view target, std::string_view fields = "") const {
    raw_client visitor(server_.port());
    return visitor.ask(target, fields);
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }
  /// One call by the service's own client, as its handlers would make them.
  reply call(std::string url, std::string_view operation = "default") {
    std::promise<reply> answer;
    on_loop([&] {
      asio::co_spawn(server_.loop(), client_->call(get(std::move(url)).max_attempts(1).operation(operation)),
                     [&answer](std::exception_ptr, reply r) { answer.set_value(std::move(r)); });
    });
    return answer.get_future().get();
  }
  void lead(std::string_view service, breaker_override how) {
    on_loop([&] { EXPECT_TRUE(client_->override_breaker(service, how)); });
  }

 private:
  asio::awaitable<void> serve(const server_request& asked, responder& out) {
    const bool answered = co_await health_->answer(asked, out);
    if (!answered) co_await out.send(404, "text/plain", "mine");
  }
  template <class Job>
  void on_loop(Job job) {
    std::promise<void> done;
    asio::post(server_.loop(), [&] {
      job();
      done.set_value();
    });
    done.get_future().get();
  }

  settings values_;
  setter prepare_;
  std::optional<client> client_;
  std::optional<health_endpoint> health_;
  test_server server_;
};

/// With a breaker that two failures open, for a moment, and one probe closes.
settings with_store_at(const test_upstream& upstream) {
  settings values;
  service_settings& store = values.services["store"];
  store.hosts = {"127.0.0.1:" + std::to_string(upstream.port())};
  store.breaker.consecutive_failures = 2;
  store.breaker.cool_down = 10s;
  store.breaker.probes = 1;
  return values;
}

TEST(HealthEndpoint, TellsItsFiveThingsAtOnce) {
  telling_service service(
      [](health_endpoint& health) { health.component("index", [] { return health_status::available; }); });
  const incoming got = service.ask("/health?verbose=1");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(got.headers.get("Cache-Control"), "no-store");
  const json::value body = body_of(got);
  EXPECT_EQ(body.as_object().size(), 5U);
  EXPECT_EQ(body.at("service"), "rag");
  EXPECT_EQ(body.at("version"), "1.2");
  EXPECT_EQ(body.at("status"), "available");
  EXPECT_GT(body.at("timestamp").to_number<double>(), 1.7e9);
  EXPECT_EQ(body.at("components"), json::value(object("index", object("status", "available"))));
}

TEST(HealthEndpoint, LeavesOtherPathsAlone) {
  telling_service service([](health_endpoint&) {});
  for (const char* path : {"/", "/healthy", "/health/", "/HEALTH", "/status/1"}) {
    EXPECT_EQ(service.ask(path).body, "mine") << path;
  }
}

TEST(HealthEndpoint, IsReadAndNothingElse) {
  telling_service service(
      [](health_endpoint& health) { health.component("index", [] { return health_status::unavailable; }); });
  raw_client visitor(service.port());
  for (const char* path : {"/health", "/status"}) {
    visitor.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n\r\n");
    const incoming head = visitor.read_answer("HEAD");
    EXPECT_EQ(head.status, 503);
    EXPECT_TRUE(head.body.empty());
    EXPECT_TRUE(head.headers.contains("Content-Length"));
    visitor.send("POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
    const incoming refused = visitor.read_answer();
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(refused.headers.get("Allow"), "GET, HEAD");
  }
}

TEST(HealthEndpoint, IsAsBadAsItsWorstComponent) {
  std::atomic<health_status> index = health_status::degraded;
  std::atomic<bool> throws = false;
  telling_service service([&](health_endpoint& health) {
    health.component("fine", [] { return health_status::available; });
    health.component("index", [&] {
      if (throws) throw std::runtime_error("secret");
      return index.load();
    });
    EXPECT_THROW(health.component("index", {}), std::invalid_argument);
    EXPECT_THROW(health.depends_on("index", "http://127.0.0.1:1"), std::invalid_argument);
    EXPECT_THROW(health.depends_on("other", "no address"), failure);
  });
  EXPECT_EQ(service.ask("/health").status, 200);
  EXPECT_EQ(body_of(service.ask("/health")).at("status"), "degraded");
  index = health_status::unavailable;
  EXPECT_EQ(service.ask("/health").status, 503);
  throws = true;
  const incoming got = service.ask("/health");
  EXPECT_EQ(got.status, 503);
  EXPECT_EQ(body_of(got).at("components").at("index").at("why"), "looking at it failed");
  EXPECT_THAT(got.body, ::testing::Not(::testing::HasSubstr("secret")));
}

TEST(HealthEndpoint, FollowsTheBreakerOfARequiredDependencyDownAndBack) {
  test_upstream upstream;
  telling_service service([&](health_endpoint& health) { health.depends_on("the store", upstream.url()); },
                          with_store_at(upstream));
  EXPECT_EQ(service.ask("/health").status, 200);
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(service.call(upstream.url("/status/500")).success());
  const incoming down = service.ask("/health");
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(body_of(down).at("status"), "unavailable");
  EXPECT_EQ(
      body_of(down).at("components").at("the store"),
      json::value(object("status", "unavailable", "why", "its breaker is open", "required", true, "breaker", "open")));

  // A check that passes lets the breaker try again long before its time; one call that succeeds closes it.
  const incoming trying = service.ask("/status");
  EXPECT_EQ(trying.status, 200);
  EXPECT_EQ(body_of(trying).at("status"), "degraded");
  EXPECT_EQ(body_of(trying).at("breakers").at(0).at("state"), "half_open");
  EXPECT_EQ(service.ask("/health").status, 200);
  EXPECT_TRUE(service.call(upstream.url("/echo")).success());
  const incoming back = service.ask("/health");
  EXPECT_EQ(back.status, 200);
  EXPECT_EQ(body_of(back).at("status"), "available");
}

TEST(HealthEndpoint, IsDegradedWithoutAnOptionalDependency) {
  test_upstream upstream;
  telling_service service([&](health_endpoint& health) { health.depends_on("store", upstream.url(), false); },
                          with_store_at(upstream));
  EXPECT_TRUE(service.call(upstream.url("/echo")).success());
  service.lead("store", breaker_override::force_open);
  const incoming without = service.ask("/health");
  EXPECT_EQ(without.status, 200);
  EXPECT_EQ(body_of(without).at("status"), "degraded");
  const json::value part = body_of(without).at("components").at("store");
  EXPECT_EQ(part.at("status"), "unavailable");
  EXPECT_EQ(part.at("breaker"), "forced_open");
  EXPECT_EQ(part.at("required"), false);
  service.lead("store", breaker_override::automatic);
  EXPECT_EQ(body_of(service.ask("/health")).at("status"), "available");
}

TEST(HealthEndpoint, LooksAtTheBreakersOfAllOperations) {
  test_upstream upstream;
  settings values = with_store_at(upstream);
  values.services["store"].breaker_per_operation = true;
  for (const char* operation : {"embed", "generate"}) values.services["store"].operations[operation];
  telling_service service([&](health_endpoint& health) { health.depends_on("store", upstream.url()); },
                          std::move(values));
  for (const char* operation : {"embed", "generate"}) {
    EXPECT_TRUE(service.call(upstream.url("/echo"), operation).success());
  }
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(service.call(upstream.url("/status/500"), "embed").success());
  EXPECT_EQ(service.ask("/health").status, 200);
  EXPECT_EQ(body_of(service.ask("/health")).at("status"), "degraded");
  // That of the health checks doesn't count, since nothing opens it.
  EXPECT_EQ(body_of(service.ask("/status")).at("breakers").as_array().size(), 3U);
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(service.call(upstream.url("/status/500"), "generate").success());
  EXPECT_EQ(service.ask("/health").status, 503);
}

TEST(HealthEndpoint, StatusTellsOfDependenciesBreakersAndLatency) {
  test_upstream upstream;
  telling_service service(
      [&](health_endpoint& health) {
        health.depends_on("fine", upstream.url());
        health.depends_on("slow", upstream.url("?status=degraded"), false);
        health.latency_from([] { return object("store", object("p99_ms", 12)); });
      },
      with_store_at(upstream));
  const incoming got = service.ask("/status");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.headers.get("Cache-Control"), "no-store");
  const json::value body = body_of(got);
  EXPECT_EQ(body.at("status"), "degraded");
  EXPECT_GE(body.at("uptime_seconds").to_number<double>(), 0);
  EXPECT_EQ(body.at("latency").at("store").at("p99_ms"), 12);
  const json::value& fine = body.at("dependencies").at("fine");
  EXPECT_EQ(fine.at("service"), "store");
  EXPECT_EQ(fine.at("status"), "available");
  EXPECT_EQ(fine.at("required"), true);
  EXPECT_GT(fine.at("latency_ms").to_number<double>(), 0);
  EXPECT_TRUE(fine.at("components").as_object().contains("storage"));
  EXPECT_EQ(body.at("dependencies").at("slow").at("status"), "degraded");
  EXPECT_EQ(body.at("breakers").at(0).at("service"), "store");
  EXPECT_EQ(body.at("breakers").at(0).at("state"), "closed");
  // /health asks nobody.
  EXPECT_EQ(body_of(service.ask("/health")).at("status"), "available");
}

TEST(HealthEndpoint, StatusIsUnavailableWhenARequiredDependencySaysThatItIs) {
  test_upstream upstream;
  for (const bool required : {true, false}) {
    telling_service service(
        [&](health_endpoint& health) { health.depends_on("store", upstream.url("?status=fail"), required); });
    const incoming got = service.ask("/status");
    EXPECT_EQ(got.status, required ? 503 : 200);
    EXPECT_EQ(body_of(got).at("status"), required ? "unavailable" : "degraded");
    EXPECT_EQ(body_of(got).at("dependencies").at("store").at("why"), "the service says 'fail'");
    EXPECT_EQ(service.ask("/health").status, 200);
  }
}

TEST(HealthEndpoint, SpeaksHealthJsonToWhoAcceptsIt) {
  test_upstream upstream;
  telling_service service([&](health_endpoint& health) {
    health.component("index", [] { return health_status::degraded; });
    health.depends_on("store", upstream.url("?status=down"));
  });
  constexpr std::string_view accept = "Accept: application/health+json\r\n";
  const incoming cheap = service.ask("/health", accept);
  EXPECT_EQ(cheap.status, 200);
  EXPECT_EQ(cheap.headers.get("Content-Type"), "application/health+json");
  EXPECT_EQ(cheap.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(body_of(cheap).at("status"), "warn");
  EXPECT_EQ(body_of(cheap).at("serviceId"), "rag");
  EXPECT_EQ(body_of(cheap).at("version"), "1.2");
  EXPECT_EQ(body_of(cheap).at("checks").at("index").at(0).at("status"), "warn");

  const incoming full = service.ask("/status", accept);
  EXPECT_EQ(full.status, 503);
  EXPECT_EQ(full.headers.get("Content-Type"), "application/health+json");
  EXPECT_EQ(body_of(full).at("status"), "fail");
  const json::value checks = body_of(full).at("checks");
  EXPECT_EQ(checks.at("store:responseTime").at(0).at("status"), "fail");
  EXPECT_EQ(checks.at("store:responseTime").at(0).at("observedUnit"), "ms");
  EXPECT_EQ(checks.at("uptime").at(0).at("componentType"), "system");
}

TEST(HealthEndpoint, IsUnderstoodByTheClient) {
  telling_service service(
      [](health_endpoint& health) { health.component("index", [] { return health_status::degraded; }); });
  loop_client other;
  std::optional<health_report> said;
  asio::co_spawn(other.loop, other.caller.health("http://127.0.0.1:" + std::to_string(service.port()), "rag"),
                 [&said](std::exception_ptr, health_report r) { said = std::move(r); });
  other.loop.run();
  EXPECT_EQ(said.value().status, health_status::degraded);
  EXPECT_TRUE(said.value().components.contains("index"));
}

TEST(HealthRegistry, ReadsWhatServicesSay) {
  test_upstream upstream;
  loop_client asker;
  health_registry registry(asker.caller);
  const std::initializer_list<std::pair<const char*, health_status>> services{
      {"available", health_status::available},     {"degraded", health_status::degraded},
      {"unavailable", health_status::unavailable}, {"unhealthy", health_status::unavailable},
      {"fail", health_status::unavailable},        {"down", health_status::unavailable},
      {"error", health_status::unavailable}};
  for (const auto& each : services) {
    registry.add(each.first, upstream.url(std::string("?key=registry&status=") + each.first));
  }
  registry.add("nobody", "http://127.0.0.1:1");
  std::vector<health_report> said;
  for (int asked = 0; asked < 3; ++asked) {
    asio::co_spawn(asker.loop, registry.check_all(),
                   [&said](std::exception_ptr, std::vector<health_report> all) { said = std::move(all); });
  }
  asker.loop.run();
  ASSERT_EQ(said.size(), services.size() + 1);
  for (std::size_t i = 0; i < services.size(); ++i) {
    EXPECT_EQ(said[i].service, services.begin()[i].first);
    EXPECT_EQ(said[i].status, services.begin()[i].second) << said[i].service;
    EXPECT_GT(said[i].latency, duration::zero());
  }
  EXPECT_EQ(said.back().status, health_status::unavailable);
  EXPECT_EQ(upstream.count("registry"), services.size());
}

}  // namespace
}  // namespace enlace::test
