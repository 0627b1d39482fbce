// What the tables [telemetry] and [admin] of a configuration bring about.
#include <memory>
#include <string>

#include <enlace/blocking.hpp>
#include <enlace/configured_telemetry.hpp>
#include <enlace/result.hpp>
#include <enlace/runtime.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/otlp_collector.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<runtime> configured(const std::string& toml) {
  result<options> read = options::parse(toml);
  EXPECT_TRUE(read) << read.error().message;
  return std::make_shared<runtime>(*std::move(read));
}

TEST(ConfiguredTelemetry, IsNothingWhereNothingIsConfigured) {
  const auto loops = configured("");
  const configured_telemetry told(loops->core());
  EXPECT_EQ(told.admin_url(), "");
  EXPECT_FALSE(configured_collector(options()));
}

TEST(ConfiguredTelemetry, ServesTheAdminEndpoint) {
  const std::uint16_t port = free_port();
  const auto loops =
      configured("[client]\nname = \"agent\"\n[admin]\nport = " + std::to_string(port) + "\ntoken = \"s3cret\"\n");
  const configured_telemetry told(loops->core());
  EXPECT_EQ(told.admin_url(), "http://127.0.0.1:" + std::to_string(port));
  test_upstream upstream;
  blocking::client caller(loops);
  ASSERT_TRUE(caller.call(get(upstream.url("/echo"))).success());
  raw_client visitor(port);
  EXPECT_EQ(visitor.ask("/metrics").status, 401);
  const incoming scraped = visitor.ask("/metrics", "Authorization: Bearer s3cret\r\n");
  EXPECT_THAT(scraped.body, HasSubstr("outcome=\"success\"} 1\n"));
  EXPECT_THAT(visitor.ask("/health", "Authorization: Bearer s3cret\r\n").body, HasSubstr("\"service\":\"agent\""));
}

TEST(ConfiguredTelemetry, SendsToTheCollector) {
  const otlp_collector collector;
  const auto loops =
      configured("[client]\nname = \"agent\"\nversion = \"3\"\n[telemetry]\nsampling = 1\notlp_endpoint = \"" +
                 collector.url() + "\"\notlp_headers = [\"Api-Key: k7\"]\notlp_gzip = true\n");
  test_upstream upstream;
  {
    const configured_telemetry told(loops->core());
    blocking::client caller(loops);
    ASSERT_TRUE(caller.call(get(upstream.url("/echo"))).success());
  }
  std::string traces;
  for (const otlp_collector::request& each : collector.requests()) {
    EXPECT_EQ(each.fields.get("Api-Key"), "k7");
    EXPECT_EQ(each.fields.get("Content-Encoding"), "gzip");
    if (each.target == "/v1/traces") traces += each.body;
  }
  EXPECT_THAT(traces, HasSubstr("\"stringValue\":\"agent\""));
  EXPECT_THAT(traces, HasSubstr("\"name\":\"GET\""));
}

TEST(ConfiguredTelemetry, LivesWithoutAPortThatIsTakenAndSaysSo) {
  const test_server taken([](const server_request&, responder&) -> boost::asio::awaitable<void> { co_return; });
  const otlp_collector collector;
  const auto loops = configured("[telemetry]\nsampling = 1\notlp_endpoint = \"" + collector.url() +
                                "\"\n[admin]\nport = " + std::to_string(taken.port()) + "\n");
  test_upstream upstream;
  {
    configured_telemetry told(loops->core());
    EXPECT_EQ(told.admin_url(), "");
    ASSERT_TRUE(told.problem());
    EXPECT_THAT(told.problem()->message, HasSubstr("[admin] port: can't listen on 127.0.0.1:"));
    told.depends_on("nothing", "http://127.0.0.1:1");
    ASSERT_TRUE(blocking::client(loops).call(get(upstream.url("/echo"))).success());
  }
  EXPECT_GE(collector.count(), 1U) << "the other half goes on";
}

/// A page of elsewhere whose name points here could ask it, and a browser would let it read the answer.
TEST(ConfiguredTelemetry, WithoutATokenItIsAskedByTheNamesOfThisMachine) {
  const std::uint16_t port = free_port();
  const auto loops = configured("[admin]\nport = " + std::to_string(port) + "\n");
  const configured_telemetry told(loops->core());
  const auto status_for = [port](const std::string& host) {
    raw_client visitor(port);
    visitor.send("GET /data HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return visitor.read_answer().status;
  };
  for (const char* host : {"localhost", "LocalHost:80", "127.0.0.1", "127.0.0.1:9464", "[::1]", "[::1]:9464"}) {
    EXPECT_EQ(status_for(host), 200) << host;
  }
  for (const char* host : {"evil.example", "127.evil.example:9464", "localhost.evil.example", "10.0.0.1"}) {
    EXPECT_EQ(status_for(host), 403) << host;
  }
}

TEST(ConfiguredTelemetry, FollowsWhatTheServiceDependsOn) {
  const std::uint16_t port = free_port();
  const auto loops = configured("[admin]\nport = " + std::to_string(port) + "\nallow_changes = true\n");
  test_upstream upstream;
  configured_telemetry told(loops->core());
  told.depends_on("rag", upstream.url());
  EXPECT_THROW(told.depends_on("other", "no url"), failure);
  blocking::client caller(loops);
  ASSERT_TRUE(caller.call(get(upstream.url("/echo"))).success());
  raw_client visitor(port);
  EXPECT_EQ(visitor.ask("/health").status, 200);
  ASSERT_TRUE(
      loops->at(0).override_breaker("127.0.0.1:" + std::to_string(upstream.port()), breaker_override::force_open));
  EXPECT_EQ(visitor.ask("/health").status, 503);
}

TEST(ConfiguredTelemetry, TellsWhatBecameOfIt) {
  const std::uint16_t port = free_port();
  otlp_collector collector;
  collector.always({.status = 400});
  const auto loops = configured("[telemetry]\nsampling = 1\notlp_interval = \"20ms\"\notlp_endpoint = \"" +
                                collector.url() + "\"\n[admin]\nport = " + std::to_string(port) + "\n");
  test_upstream upstream;
  const configured_telemetry told(loops->core());
  ASSERT_TRUE(blocking::client(loops).call(get(upstream.url("/echo"))).success());
  ASSERT_TRUE(eventually([&] { return told.exported().failed == 2; }));
  raw_client visitor(port);
  EXPECT_THAT(visitor.ask("/metrics").body, HasSubstr("enlace_otlp_spans_total{result=\"failed\"} 2\n"));
}

}  // namespace
}  // namespace enlace::test
