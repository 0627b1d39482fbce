// The admin endpoint of a real client, asked over HTTP.
#include <enlace/admin.hpp>
#include <enlace/result.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stream_reading.hpp"
#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// A client that calls, its endpoint, and another client that asks it.
class watched_client {
 public:
  explicit watched_client(admin_options how = admin_options(), settings values = settings())
      : caller(std::move(values)), endpoint(caller.loop.get_executor(), caller.caller, std::move(how)) {}
  /// Makes calls on the loop, where the endpoint is too.
  reply call(request asked) { return on_loop(caller.caller, std::move(asked)); }
  reply ask(std::string_view target, request (*made)(std::string_view) = get) {
    return on_loop(asker_, made(endpoint.url() + std::string(target)));
  }
  reply ask(request asked) { return on_loop(asker_, std::move(asked)); }

  loop_client caller;
  admin_endpoint endpoint;

 private:
  reply on_loop(client& by, request asked) {
    std::optional<reply> got;
    boost::asio::co_spawn(caller.loop, by.call(std::move(asked)), [&](std::exception_ptr raised, reply r) {
      if (raised) std::rethrow_exception(raised);
      got = std::move(r);
      caller.loop.stop();
    });
    caller.loop.restart();
    caller.loop.run();
    return *std::move(got);
  }

  client asker_{caller.loop.get_executor()};
};

settings named(const test_upstream& upstream) {
  settings values;
  values.services["rag"].hosts = {"127.0.0.1:" + std::to_string(upstream.port())};
  values.services["rag"].breaker.consecutive_failures = 2;
  values.services["rag"].retry.max_attempts = 1;
  return values;
}

admin_options leading() {
  admin_options how;
  how.allow_changes = true;
  return how;
}

TEST(Admin, MetricsCanBeScraped) {
  test_upstream upstream;
  watched_client watched(admin_options(), named(upstream));
  (void)watched.call(get(upstream.url("/echo")));
  (void)watched.call(get(upstream.url("/status/404")));
  const reply scraped = watched.ask("/metrics");
  ASSERT_TRUE(scraped.success());
  const std::string text(scraped.data().at("text").as_string());
  EXPECT_THAT(text, HasSubstr("enlace_calls_total{service=\"rag\",outcome=\"success\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("enlace_breaker_state{service=\"rag\",operation=\"\",state=\"closed\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("http_response_status_code=\"404\""));
  EXPECT_EQ(scraped.headers().get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  const reply open =
      watched.ask(get(watched.endpoint.url() + "/metrics").header("Accept", "application/openmetrics-text"));
  EXPECT_THAT(std::string(open.data().at("text").as_string()), ::testing::EndsWith("# EOF\n"));
}

TEST(Admin, ShowsWhatFailedAndWhy) {
  test_upstream upstream;
  watched_client watched(admin_options(), named(upstream));
  for (int i = 0; i < 3; ++i) (void)watched.call(post(upstream.url("/status/500?token=hidden")).tenant("acme"));
  const reply calls = watched.ask("/calls");
  const json::array& failed = calls.data().at("failed").as_array();
  ASSERT_EQ(failed.size(), 3U);
  EXPECT_EQ(failed[0].at("code"), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(failed[0].at("breaker"), "open");
  EXPECT_EQ(failed[0].at("trail").at(0).at("what"), "rejected");
  EXPECT_EQ(failed[2].at("trail").at(0).at("what"), "attempt");
  EXPECT_EQ(failed[2].at("tenant"), "acme");
  EXPECT_EQ(json::serialize(calls.data()).find("hidden"), std::string::npos);
  const reply breakers = watched.ask("/breakers");
  EXPECT_EQ(breakers.data().at(0).at("state"), "open");
  const reply all = watched.ask("/data");
  EXPECT_EQ(all.data().at("services").at(0).at("calls").at("failure"), 2);
  EXPECT_EQ(all.data().at("services").at(0).at("calls").at("rejected"), 1);
}

TEST(Admin, LeadsABreakerOnlyWhenAllowed) {
  test_upstream upstream;
  watched_client shows(admin_options(), named(upstream));
  (void)shows.call(get(upstream.url("/echo")));
  EXPECT_EQ(shows.ask("/breakers?service=rag&how=force_open", post).error().code, error_code::permission_denied);
  watched_client leads(leading(), named(upstream));
  (void)leads.call(get(upstream.url("/echo")));
  EXPECT_TRUE(leads.ask("/breakers?service=rag&how=force_open", post).success());
  EXPECT_EQ(leads.ask("/data").data().at("services").at(0).at("led"), "force_open");
  EXPECT_FALSE(leads.call(get(upstream.url("/echo"))).success());
  EXPECT_EQ(leads.ask("/breakers?service=rag&how=sideways", post).error().code, error_code::validation_error);
  EXPECT_EQ(leads.ask("/breakers?service=nobody&how=observe", post).error().code, error_code::not_found);
  EXPECT_TRUE(leads.ask("/breakers?service=rag&how=automatic", post).success());
  EXPECT_EQ(leads.ask("/data").data().at("services").at(0).at("led"), "automatic");
  EXPECT_TRUE(leads.call(get(upstream.url("/echo"))).success());
}

TEST(Admin, WantsItsToken) {
  admin_options how;
  how.token = "s3cret";
  watched_client watched(how);
  EXPECT_EQ(watched.ask("/data").error().code, error_code::authentication_failed);
  const std::string url = watched.endpoint.url() + "/data";
  EXPECT_EQ(watched.ask(get(url).header("Authorization", "Bearer s3creT")).error().code,
            error_code::authentication_failed);
  EXPECT_TRUE(watched.ask(get(url).header("Authorization", "Bearer s3cret")).success());
  EXPECT_TRUE(watched.ask("/").success()) << "the page tells nothing by itself";
}

TEST(Admin, PagesOfOtherSitesGetNothing) {
  watched_client watched(leading());
  const std::string url = watched.endpoint.url();
  EXPECT_EQ(
      watched.ask(post(url + "/breakers?service=a&how=observe").header("Sec-Fetch-Site", "cross-site")).error().code,
      error_code::permission_denied);
  EXPECT_EQ(watched.ask(get(url + "/data").header("Sec-Fetch-Site", "same-site")).error().code,
            error_code::permission_denied);
  EXPECT_TRUE(watched.ask(get(url + "/data").header("Sec-Fetch-Site", "same-origin")).success());
}

TEST(Admin, OffTheLoopbackItWantsAToken) {
  loop_client c;
  admin_options how;
  how.address = "0.0.0.0";
  EXPECT_THROW(admin_endpoint(c.loop.get_executor(), c.caller, how), failure);
}

TEST(Admin, TellsTheConfigurationWithoutItsSecrets) {
  const options made = options::parse("[client]\nname = \"${NAME}\"\n[services.rag]\ntimeout = \"7s\"\n", "enlace.toml",
                                      {{"NAME", "hidden"}})
                           .value();
  loop_client c;
  c.caller.reload(made);
  watched_client watched;
  watched.caller.caller.reload(made);
  const std::string text = json::serialize(watched.ask("/config").data());
  EXPECT_THAT(text,
              HasSubstr(R"({"name":"services.rag.timeout","value":"7s","origin":"enlace.toml:4 [services.rag]"})"));
  EXPECT_THAT(text, HasSubstr("${NAME}"));
  EXPECT_EQ(text.find("hidden"), std::string::npos);
}

TEST(Admin, TellsWhichRunOfTheProcessItIs) {
  watched_client first;
  const reply data = first.ask("/data");
  EXPECT_EQ(data.data().at("began"), first.ask("/data").data().at("began"));
  EXPECT_LE(data.data().at("began").to_number<double>(), data.data().at("now").to_number<double>());
  watched_client second;
  EXPECT_NE(data.data().at("began"), second.ask("/data").data().at("began"));
}

TEST(Admin, TellsItOnceASecond) {
  watched_client watched;
  client asker(watched.caller.loop.get_executor());
  stream live = asker.stream(get(watched.endpoint.url() + "/events"));
  int seen = 0;
  const auto read = [&]() -> boost::asio::awaitable<void> {
    while (seen < 2) {
      const stream_event* event = co_await live.next();
      if (event == nullptr) break;
      EXPECT_EQ(event->type, "data");
      EXPECT_TRUE(event->value());
      ++seen;
    }
    watched.caller.loop.stop();
  };
  boost::asio::co_spawn(watched.caller.loop, read(), [](std::exception_ptr) {});
  watched.caller.loop.restart();
  watched.caller.loop.run_for(20s);
  EXPECT_EQ(seen, 2);
}

TEST(Admin, SaysHowItIs) {
  test_upstream upstream;
  admin_options how;
  how.name = "agent";
  how.version = "2.1";
  watched_client watched(how, named(upstream));
  const reply well = watched.ask("/health");
  EXPECT_EQ(well.data().at("service"), "agent");
  EXPECT_EQ(well.data().at("version"), "2.1");
  EXPECT_EQ(well.data().at("status"), "available");
  (void)watched.call(get(upstream.url("/echo")));
  const reply all = watched.ask("/status");
  EXPECT_GE(all.data().at("uptime_seconds").to_number<double>(), 0);
  EXPECT_EQ(all.data().at("breakers").at(0).at("service"), "rag");
  EXPECT_GT(all.data().at("latency").at("rag").at("p50").to_number<double>(), 0);
}

TEST(Admin, IsNoBetterThanTheBreakersOfWhatItNeeds) {
  test_upstream upstream;
  watched_client watched(leading(), named(upstream));
  watched.endpoint.health().depends_on("rag", upstream.url());
  (void)watched.call(get(upstream.url("/echo")));
  EXPECT_EQ(watched.ask(get(watched.endpoint.url() + "/health")).call().status, 200);
  ASSERT_TRUE(watched.ask("/breakers?service=rag&how=force_open", post).success());
  EXPECT_EQ(watched.ask(get(watched.endpoint.url() + "/health").max_attempts(1)).call().status, 503);
}

TEST(Admin, MetricsTellOfConnectionsAndTransitions) {
  test_upstream upstream;
  watched_client watched(admin_options(), named(upstream));
  for (int i = 0; i < 2; ++i) (void)watched.call(post(upstream.url("/status/500")));
  (void)watched.call(post(upstream.url("/status/500")));
  const reply scraped = watched.ask("/metrics");
  const std::string text(scraped.data().at("text").as_string());
  const std::string host = "server_address=\"127.0.0.1\",server_port=\"" + std::to_string(upstream.port()) + "\"";
  EXPECT_THAT(text, HasSubstr("http_client_open_connections{" + host + ",http_connection_state=\"idle\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("enlace_pool_waiting{" + host + "} 0\n"));
  EXPECT_THAT(text, HasSubstr("enlace_pool_misses_total{service=\"rag\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("enlace_breaker_transitions_total{service=\"rag\",operation=\"\",to=\"open\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("enlace_breaker_rejected_total{service=\"rag\",operation=\"\"} 1\n"));
}

TEST(Admin, AnOpenBreakerDoesNotPushOutTheFailuresThatOpenedIt) {
  test_upstream upstream;
  watched_client watched(admin_options(), named(upstream));
  for (int i = 0; i < 200; ++i) (void)watched.call(post(upstream.url("/status/500")));
  const json::array failed = watched.ask("/calls").data().at("failed").as_array();
  ASSERT_EQ(failed.size(), 7U) << "two that failed, and the last five that were rejected";
  EXPECT_EQ(failed[4].at("attempts"), 0);
  EXPECT_EQ(failed[5].at("status"), 500);
  const std::string text(watched.ask("/metrics").data().at("text").as_string());
  EXPECT_THAT(text, HasSubstr("enlace_call_duration_seconds_count{service=\"rag\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("enlace_calls_total{service=\"rag\",outcome=\"rejected\"} 198\n"));
}

TEST(Admin, ErrorsSayWhatIsMissingAndWhen) {
  admin_options how;
  how.token = "s3cret";
  watched_client watched(how);
  const reply refused = watched.ask("/data");
  EXPECT_EQ(refused.headers().get("WWW-Authenticate"), "Bearer");
  EXPECT_GT(refused.error().timestamp, wall_time(std::chrono::duration_cast<wall_time::duration>(1h)));
  const reply wrong = watched.ask(post(watched.endpoint.url() + "/calls").header("Authorization", "Bearer s3cret"));
  EXPECT_EQ(wrong.headers().get("Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace enlace::test
