#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/sample.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems_of_settings(void (*change)(settings&)) {
  settings values;
  change(values);
  return problems_of(options::make(std::move(values)));
}

TEST(DraftCheck, WhatIsLeftAloneIsValid) {
  EXPECT_THAT(problems_of_settings([](settings&) {}), IsEmpty());
  EXPECT_THAT(problems_of_settings([](settings& s) { s.services["a"].operations["o"]; }), IsEmpty());
}

TEST(DraftCheck, AProgramsValuesAreCheckedLikeAFiles) {
  EXPECT_THAT(problems_of_settings([](settings& s) { s.operations["x"].timeout = 0s; }),
              ElementsAre("operations.x.timeout: 0s is not more than 0s and at most 8760h"));
  EXPECT_THAT(problems_of_settings([](settings& s) { s.operations["x"].timeout = duration::max(); }),
              testing::SizeIs(1));
  EXPECT_THAT(problems_of_settings([](settings& s) { s.operations["x"].cache_ttl = -1s; }), testing::SizeIs(1));
  EXPECT_THAT(problems_of_settings([](settings& s) { s.operations["x"].cache_ttl = never_cached; }), IsEmpty());
  EXPECT_THAT(problems_of_settings([](settings& s) { s.services["a"].retry.max_attempts = 0; }),
              ElementsAre("services.a.retry.max_attempts: 0 is not at least 1 and at most 100"));
  EXPECT_THAT(problems_of_settings([](settings& s) { s.services["a"].breaker.failure_rate = std::nan(""); }),
              testing::SizeIs(1));
  EXPECT_THAT(problems_of_settings(
                  [](settings& s) { s.services["a"].retry.budget_burst = std::numeric_limits<double>::infinity(); }),
              testing::SizeIs(1));
  EXPECT_THAT(problems_of_settings([](settings& s) { s.client.name = ""; }),
              ElementsAre("client.name: must not be empty"));
  EXPECT_THAT(problems_of_settings([](settings& s) { s.context.internal_hosts = {"*.*"}; }), testing::SizeIs(1));
  EXPECT_THAT(problems_of_settings([](settings& s) { s.tls.ca_file = "/no/such/file.pem"; }),
              ElementsAre("tls.ca_file: /no/such/file.pem: No such file or directory"));
  EXPECT_THAT(problems_of_settings([](settings& s) { s.services["a"].vary = {"bad name"}; }),
              ElementsAre("services.a.vary: 'bad name' is not a header name"));
}

TEST(DraftCheck, AnAdminEndpointOffTheLoopbackWantsAToken) {
  const auto problems = [](std::string_view lines) {
    return problems_of(options::parse(std::string("[admin]\nport = 9464\n") + std::string(lines)));
  };
  EXPECT_THAT(problems(""), IsEmpty());
  for (const char* address : {"localhost", "127.0.0.2", "::1"}) {
    EXPECT_THAT(problems(std::string("address = \"") + address + "\""), IsEmpty()) << address;
  }
  EXPECT_THAT(problems("address = \"0.0.0.0\""),
              ElementsAre("enlace.toml:3: admin.address: '0.0.0.0' is not the loopback: set a token too, or listen on "
                          "127.0.0.1"));
  EXPECT_THAT(problems("address = \"0.0.0.0\"\ntoken = \"t\""), IsEmpty());
  EXPECT_THAT(problems_of(options::parse("[admin]\nport = 65536")), testing::SizeIs(1));
  EXPECT_THAT(problems("address = \"myhost\"\ntoken = \"t\""),
              ElementsAre("enlace.toml:3: admin.address: 'myhost' is neither an IP address nor localhost"));
  EXPECT_THAT(problems("token = \"\""), ElementsAre(HasSubstr("admin.token: must not be empty")));
}

TEST(DraftCheck, ACollectorMustBeAUrlAndItsFieldsFields) {
  EXPECT_THAT(problems_of(options::parse("[telemetry]\notlp_endpoint = \"http://collector:4318\"")), IsEmpty());
  EXPECT_THAT(problems_of(options::parse("[telemetry]\notlp_endpoint = \"collector:4318\"")),
              ElementsAre(HasSubstr("telemetry.otlp_endpoint: ")));
  for (const char* wrong : {"http://collector:4318/v1/traces", "http://collector:4318/base?x=1"}) {
    EXPECT_THAT(problems_of(options::parse(std::string("[telemetry]\notlp_endpoint = \"") + wrong + "\"")),
                ElementsAre(HasSubstr("base URL")))
        << wrong;
  }
  EXPECT_THAT(problems_of(options::parse("[telemetry]\notlp_headers = [\"Api-Key: k\", \"X: \"]")), IsEmpty());
  for (const char* wrong : {"no colon", ": none", "a b: c"}) {
    EXPECT_THAT(problems_of(options::parse(std::string("[telemetry]\notlp_headers = [\"") + wrong + "\"]")),
                ElementsAre(HasSubstr("a field must be written \"Name: value\"")))
        << wrong;
  }
}

TEST(DraftCheck, ReportsAllProblemsOfAProgram) {
  EXPECT_THAT(problems_of_settings([](settings& s) {
                s.client.connections_per_host = 0;
                s.limits.max_in_flight = -1;
                s.services["a"].hosts = {"x y"};
              }),
              testing::SizeIs(3));
}

TEST(DraftCheck, TheLongestCoolDownIsNotLessThanTheFirst) {
  EXPECT_THAT(problems_in("[services.a]\nbreaker.cool_down = \"10m\""),
              ElementsAre("enlace.toml:2: services.a.breaker.cool_down: breaker.max_cool_down (5m) is less than "
                          "breaker.cool_down (10m)"));
  EXPECT_THAT(problems_in("[services.a.breaker]\ncool_down = \"10m\"\nmax_cool_down = \"9m\""),
              ElementsAre(HasSubstr("enlace.toml:3: services.a.breaker.max_cool_down: ")));
  EXPECT_THAT(problems_in("[services.a.breaker]\nmax_cool_down = \"20s\""),
              ElementsAre(HasSubstr("enlace.toml:2: services.a.breaker.max_cool_down: ")));
  EXPECT_THAT(problems_in("[services.a.breaker]\ncool_down = \"10m\"\nmax_cool_down = \"10m\""), IsEmpty());
}

TEST(DraftCheck, TheLongestWaitIsNotLessThanTheFirst) {
  EXPECT_THAT(problems_in("[services.a.retry]\nbase = \"20s\""),
              ElementsAre("enlace.toml:2: services.a.retry.base: retry.cap (10s) is less than retry.base (20s)"));
}

}  // namespace
}  // namespace enlace
