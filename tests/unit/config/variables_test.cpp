#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/sample.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

options with(const environment& variables, std::string_view toml = sample_toml) {
  return options::parse(toml, "enlace.toml", variables).value();
}

TEST(Variables, OverrideEachKindOfTable) {
  const options made = with({{"ENLACE_CLIENT__NAME", "other"},
                             {"ENLACE_CONTEXT__TRACE_EXTERNAL", "true"},
                             {"ENLACE_CACHE__MAX_BYTES", "1MiB"},
                             {"ENLACE_LIMITS__MAX_IN_FLIGHT", "9"},
                             {"ENLACE_TLS__VERIFY", "false"},
                             {"ENLACE_OPERATIONS__RAG_QUERY__TIMEOUT", "7s"},
                             {"ENLACE_OPERATIONS__EMBEDDING__CACHE_TTL", "never"},
                             {"ENLACE_SERVICES__EMBEDDING__CONNECT_TIMEOUT", "1s"},
                             {"ENLACE_SERVICES__EMBEDDING__BREAKER__MIN_CALLS", "2"},
                             {"ENLACE_SERVICES__EMBEDDING__OPERATIONS__EMBEDDING__TIMEOUT", "3s"},
                             {"ENLACE_SERVICES__EMBEDDING__OPERATIONS__RAG_QUERY__VARY", "Accept, Accept-Language"}});
  EXPECT_EQ(made.values().client.name, "other");
  EXPECT_TRUE(made.values().context.trace_external);
  EXPECT_EQ(made.values().cache.max_bytes, 1U << 20);
  EXPECT_EQ(made.values().limits.max_in_flight, 9);
  EXPECT_FALSE(made.values().tls.verify);
  EXPECT_EQ(made.values().operations.at("rag_query").timeout, 7s);
  EXPECT_EQ(made.values().operations.at("embedding").cache_ttl, never_cached);
  const service_settings& embedding = made.values().services.at("embedding");
  EXPECT_EQ(embedding.connect_timeout, 1s);
  EXPECT_EQ(embedding.breaker.min_calls, 2);
  EXPECT_EQ(embedding.operations.at("embedding").timeout, 3s);
  EXPECT_THAT(*embedding.operations.at("rag_query").vary, ElementsAre("Accept", "Accept-Language"));
}

TEST(Variables, WorkWithoutAFile) {
  EXPECT_EQ(with({{"ENLACE_CLIENT__NAME", "other"}}, "").values().client.name, "other");
}

TEST(Variables, ASingleUnderscoreWillDoWhereOnlyOneOptionFits) {
  const options made = with({{"ENLACE_CLIENT_NAME", "other"}, {"ENLACE_SERVICES_EMBEDDING_CONNECT_TIMEOUT", "1s"}});
  EXPECT_EQ(made.values().client.name, "other");
  EXPECT_EQ(made.values().services.at("embedding").connect_timeout, 1s);
}

TEST(Variables, TellsTwoReadingsOfAName) {
  constexpr std::string_view toml = "[services.a]\n[services.a_connect]";
  EXPECT_THAT(problems_in(toml, {{"ENLACE_SERVICES_A_CONNECT_TIMEOUT", "1s"}}),
              ElementsAre(HasSubstr("environment ENLACE_SERVICES_A_CONNECT_TIMEOUT: may stand for "
                                    "services.a.connect_timeout or services.a_connect.timeout")));
  EXPECT_EQ(with({{"ENLACE_SERVICES__A__CONNECT_TIMEOUT", "1s"}}, toml).values().services.at("a").connect_timeout, 1s);
  EXPECT_THAT(problems_in("[services.a-b]\n[services.\"a.b\"]", {{"ENLACE_SERVICES__A_B__TIMEOUT", "1s"}}),
              ElementsAre(HasSubstr("may stand for services.a-b.timeout or services.\"a.b\".timeout")));
}

TEST(Variables, NamesAreInCapitalsWithUnderscores) {
  const options made = with({{"ENLACE_SERVICES__RAG_SERVICE_8080__TIMEOUT", "1s"}}, "[services.\"rag-service:8080\"]");
  EXPECT_EQ(made.values().services.at("rag-service:8080").timeout, 1s);
  EXPECT_EQ(with({{"enlace_client__name", "x"}}, "").values().client.name, "enlace");
}

TEST(Variables, CanMakeAServiceByTellingItsHosts) {
  const options made =
      with({{"ENLACE_SERVICES__RAG__HOSTS", "rag:80,127.0.0.1:81"}, {"ENLACE_SERVICES__RAG__TIMEOUT", "9s"}}, "");
  EXPECT_EQ(profile_for(made, "http://127.0.0.1:81/").service, "rag");
  EXPECT_EQ(profile_for(made, "http://rag:80/").timeout, 9s);
}

TEST(Variables, AMistypedNameIsAProblem) {
  EXPECT_THAT(problems_in(sample_toml, {{"ENLACE_SERVICES__EMBEDING__TIMEOUT", "1s"}}),
              ElementsAre("environment ENLACE_SERVICES__EMBEDING__TIMEOUT: names no option; did you mean "
                          "ENLACE_SERVICES__EMBEDDING__TIMEOUT?"));
  EXPECT_THAT(problems_in("", {{"ENLACE_CLIENT__NAMES", "x"}}),
              ElementsAre("environment ENLACE_CLIENT__NAMES: names no option; did you mean ENLACE_CLIENT__NAME?"));
  EXPECT_THAT(problems_in("", {{"ENLACE_OPERATIONS__RAG_QERY__TIMEOUT", "1s"}}),
              ElementsAre(HasSubstr("did you mean ENLACE_OPERATIONS__RAG_QUERY__TIMEOUT?")));
  EXPECT_THAT(problems_in("", {{"ENLACE_SERVICES__", "1s"}}), testing::SizeIs(1));
  EXPECT_THAT(problems_in("", {{"ENLACE_SERVICES____HOSTS", "a"}}), testing::SizeIs(1));
}

TEST(Variables, OtherVariablesAreNobodysProblem) {
  EXPECT_THAT(problems_in("", {{"ENLACE_CONFIG", "x"},
                               {"ENLACE_CONFORMANCE_DIR", "x"},
                               {"ENLACE_", "x"},
                               {"ENLACE", "x"},
                               {"ENLACE_CACHE_SERVICE_HOST", "10.0.0.1"},
                               {"ENLACE_CLIENT_PORT_80_TCP_ADDR", "10.0.0.1"},
                               {"ENLACE_OTHER__THING", "x"},
                               {"PATH", "/bin"}}),
              IsEmpty());
}

TEST(Variables, ABadValueNamesTheVariable) {
  EXPECT_THAT(
      problems_in("", {{"ENLACE_CACHE__TENANT_SHARE", "2"}}),
      ElementsAre("environment ENLACE_CACHE__TENANT_SHARE: cache.tenant_share: 2 is not more than 0 and at most "
                  "1"));
  EXPECT_THAT(problems_in("", {{"ENLACE_CLIENT__NAME", ""}}),
              ElementsAre("environment ENLACE_CLIENT__NAME: client.name: must not be empty"));
}

TEST(Variables, MayReferToOthers) {
  EXPECT_EQ(with({{"ENLACE_CLIENT__NAME", "${POD}"}, {"POD", "pod-1"}}, "").values().client.name, "pod-1");
  EXPECT_THAT(problems_in("", {{"ENLACE_CLIENT__NAME", "${POD}"}}),
              ElementsAre(HasSubstr("the environment variable POD is not defined")));
}

}  // namespace
}  // namespace enlace
