// What the tables [telemetry] and [admin] of a configuration bring about.
#include <memory>
#include <string>

#include <enlace/blocking.hpp>
#include <enlace/configured_telemetry.hpp>
#include <enlace/result.hpp>
#include <enlace/runtime.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(ConfiguredTelemetry, AnAddressThatIsTakenIsAnError) {
  const test_server taken([](const server_request&, responder&) -> boost::asio::awaitable<void> { co_return; });
  const auto loops = configured("[admin]\nport = " + std::to_string(taken.port()) + "\n");
  EXPECT_THROW(const configured_telemetry told(loops->core()), failure);
}

}  // namespace
}  // namespace enlace::test
