// Secrets in every place where a caller can put one, and a look for them in everything that is shown, written and sent.
#include <memory>
#include <sstream>
#include <string>

#include <enlace/blocking.hpp>
#include <enlace/call_log.hpp>
#include <enlace/configured_telemetry.hpp>
#include <enlace/result.hpp>
#include <enlace/runtime.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include "support/free_port.hpp"
#include "support/otlp_collector.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string configuration(std::uint16_t admin_port, const std::string& collector, std::uint16_t upstream) {
  return "[telemetry]\nsampling = 1\notlp_endpoint = \"" + collector +
         "\"\notlp_headers = [\"Api-Key: ${KEY}\"]\n[admin]\nslow_after = 0\ntoken = \"${TOKEN}\"\nport = " +
         std::to_string(admin_port) + "\n[services.model]\nhosts = [\"127.0.0.1:" + std::to_string(upstream) + "\"]\n";
}

request planted(const test_upstream& upstream, std::string_view path) {
  request made = post("http://planted-user:planted-password@127.0.0.1:" + std::to_string(upstream.port()) +
                      std::string(path) + "?api_key=planted-key&X-Amz-Signature=planted-signature");
  made.header("Authorization", "Bearer planted-bearer").header("X-Api-Key", "planted-header");
  made.data(object("password", "planted-in-body"));
  made.tenant("acme").operation("rag_search").max_attempts(2).idempotent(true);
  return made;
}

TEST(PlantedSecrets, AreInNothingThatIsToldOfACall) {
  test_upstream upstream;
  const otlp_collector collector;
  const std::uint16_t port = free_port();
  const result<options> read = options::parse(configuration(port, collector.url(), upstream.port()), "enlace.toml",
                                              {{"KEY", "planted-collector-key"}, {"TOKEN", "planted-admin-token"}});
  ASSERT_TRUE(read) << read.error().message;
  const auto loops = std::make_shared<runtime>(*read);
  std::ostringstream lines;
  {
    const configured_telemetry told(loops->core());
    for (const log_form form : {log_form::text, log_form::json}) {
      auto logger = std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
      logger->set_level(spdlog::level::debug);
      loops->at(0).listen(std::make_shared<call_log>(logger, form));
    }
    blocking::client caller(loops);
    for (const char* path : {"/echo", "/status/500", "/status/401", "/garbage", "/reset"}) {
      (void)caller.call(planted(upstream, path));
    }
    raw_client visitor(port);
    for (const char* path : {"/", "/data", "/metrics", "/breakers", "/calls", "/config", "/health", "/status"}) {
      const incoming shown = visitor.ask(path, "Authorization: Bearer planted-admin-token\r\n");
      EXPECT_GE(shown.body.size(), 2U) << path;
      EXPECT_THAT(shown.body, Not(HasSubstr("planted"))) << path;
    }
    EXPECT_THAT(visitor.ask("/config", "Authorization: Bearer planted-admin-token\r\n").body, HasSubstr("${TOKEN}"));
  }
  EXPECT_THAT(lines.str(), HasSubstr("rag_search"));
  EXPECT_THAT(lines.str(), Not(HasSubstr("planted")));
  std::string sent;
  for (const otlp_collector::request& each : collector.requests()) sent += each.body;
  EXPECT_THAT(sent, HasSubstr("url.full"));
  EXPECT_THAT(sent, Not(HasSubstr("planted")));
}

}  // namespace
}  // namespace enlace::test
