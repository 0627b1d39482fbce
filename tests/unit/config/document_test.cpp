#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/sample.hpp"

namespace enlace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Document, TheSampleIsValid) { EXPECT_THAT(problems_in(sample_toml), IsEmpty()); }

TEST(Document, NamesTheNearestKeyOfTheSameTable) {
  EXPECT_THAT(problems_in("[services.embedding]\nhosts = [\"a\"]\nbreaker = { min_cals = 3 }"),
              ElementsAre("enlace.toml:3: unknown key 'breaker.min_cals' in [services.embedding]; did you mean "
                          "'min_calls'?"));
  EXPECT_THAT(problems_in("[services.embedding.retry]\nmax_atempts = 3"),
              ElementsAre("enlace.toml:2: unknown key 'retry.max_atempts' in [services.embedding]; did you mean "
                          "'max_attempts'?"));
  EXPECT_THAT(problems_in("[services.a]\ntimout = \"3s\""),
              ElementsAre("enlace.toml:2: unknown key 'timout' in [services.a]; did you mean 'timeout'?"));
  EXPECT_THAT(problems_in("[services.a.breker]\nmin_calls = 1"),
              ElementsAre("enlace.toml:1: unknown key 'breker' in [services.a]; did you mean 'breaker'?"));
  EXPECT_THAT(problems_in("[services.a.operation.x]\ntimeout = \"1s\""),
              ElementsAre("enlace.toml:1: unknown key 'operation' in [services.a]; did you mean 'operations'?"));
  EXPECT_THAT(problems_in("[operations.x]\nidempotnt = true"),
              ElementsAre("enlace.toml:2: unknown key 'idempotnt' in [operations.x]; did you mean 'idempotent'?"));
  EXPECT_THAT(problems_in("[client]\nnme = \"x\""),
              ElementsAre("enlace.toml:2: unknown key 'nme' in [client]; did you mean 'name'?"));
}

TEST(Document, SaysWhereAKeyBelongs) {
  EXPECT_THAT(
      problems_in("[client]\nmax_attempts = 3"),
      ElementsAre("enlace.toml:2: unknown key 'max_attempts' in [client]; it belongs in [services.NAME.retry]"));
  EXPECT_THAT(problems_in("timeout = \"3s\""),
              ElementsAre("enlace.toml:1: unknown key 'timeout'; it belongs in [operations.NAME] or [services.NAME]"));
  EXPECT_THAT(problems_in("[breaker]\nmin_calls = 3"),
              ElementsAre("enlace.toml:1: unknown table [breaker]; it belongs in [services.NAME.breaker]"));
  EXPECT_THAT(problems_in("[operations.x]\nhosts = [\"a\"]"),
              ElementsAre("enlace.toml:2: unknown key 'hosts' in [operations.x]; it belongs in [services.NAME]"));
  EXPECT_THAT(problems_in("[client]\nca_file = \"x\""),
              ElementsAre("enlace.toml:2: unknown key 'ca_file' in [client]; it belongs in [tls]"));
}

TEST(Document, NamesTheNearestTable) {
  EXPECT_THAT(problems_in("[servces.a]\nhosts = [\"a\"]"),
              ElementsAre("enlace.toml:1: unknown table [servces]; did you mean [services]?"));
  EXPECT_THAT(problems_in("[something.else]\nx = 1"), ElementsAre("enlace.toml:1: unknown table [something]"));
  EXPECT_THAT(problems_in("something = 1"), ElementsAre("enlace.toml:1: unknown key 'something'"));
}

TEST(Document, ExpectsTablesWhereTablesBelong) {
  EXPECT_THAT(problems_in("client = 1"), ElementsAre("enlace.toml:1: client: expected a table [client]"));
  EXPECT_THAT(problems_in("services = []"), ElementsAre("enlace.toml:1: services: expected a table [services]"));
  EXPECT_THAT(problems_in("[services]\na = \"a:80\""),
              ElementsAre("enlace.toml:2: services.a: expected a table [services.a]"));
  EXPECT_THAT(problems_in("[operations]\nx = 1"),
              ElementsAre("enlace.toml:2: operations.x: expected a table [operations.x]"));
  EXPECT_THAT(problems_in("[services.a]\nbreaker = true"),
              ElementsAre("enlace.toml:2: services.a.breaker: expected a table [services.a.breaker]"));
  EXPECT_THAT(problems_in("[services.a]\noperations = 1"),
              ElementsAre("enlace.toml:2: services.a.operations: expected a table [services.a.operations]"));
  EXPECT_THAT(problems_in("[[services.a]]\nhosts = []"),
              ElementsAre("enlace.toml:1: services.a: expected a table [services.a]"));
}

TEST(Document, NamesTheOptionAndItsLineWhenTheValueIsWrong) {
  EXPECT_THAT(problems_in("[services.a]\n\n  timeout = 20"),
              ElementsAre("enlace.toml:3: services.a.timeout: expected a duration such as \"500ms\", \"2.5s\" or "
                          "\"10m\", got the number 20 without a unit"));
  EXPECT_THAT(problems_in("[services.\"a.b:80\"]\nbreaker = {\n failure_rate = 2 }"), testing::SizeIs(1));
}

TEST(Document, ReportsAllProblemsInTheOrderOfTheLines) {
  EXPECT_THAT(problems_in(R"([services.b]
timeout = 1
hosts = ["x/y"]
nonsense = 1
[client]
name = ""
[services.a.retry]
max_attempts = 0
[cache]
tenant_share = 2
)"),
              ElementsAre(testing::StartsWith("enlace.toml:2: services.b.timeout: "),
                          testing::StartsWith("enlace.toml:3: services.b.hosts: "),
                          testing::StartsWith("enlace.toml:4: unknown key 'nonsense'"),
                          testing::StartsWith("enlace.toml:6: client.name: must not be empty"),
                          testing::StartsWith("enlace.toml:8: services.a.retry.max_attempts: 0 is not at least 1"),
                          testing::StartsWith("enlace.toml:10: cache.tenant_share: 2 is not more than 0")));
}

TEST(Document, SaysWhereItStopsBeingToml) {
  EXPECT_THAT(problems_in("[client]\nname = \n"), ElementsAre(testing::StartsWith("enlace.toml:2: ")));
  EXPECT_THAT(problems_in("[client]\nname = \"a\"\nname = \"b\""), ElementsAre(testing::StartsWith("enlace.toml:3: ")));
  EXPECT_THAT(problems_in("a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1"),
              ElementsAre("enlace.toml:1: this key has too many parts"));
}

TEST(Document, NeedsNames) {
  EXPECT_THAT(problems_in("[services.\"\"]\nhosts = [\"a\"]"),
              ElementsAre("enlace.toml:1: a service must have a name"));
  EXPECT_THAT(problems_in("[operations.\"\"]\ntimeout = \"1s\""),
              ElementsAre("enlace.toml:1: an operation must have a name"));
}

TEST(Document, AnEmptyTableStillNamesAServiceOrAnOperation) {
  const options made = options::parse("[services.api]\n[operations.x]\n[services.api.operations.y]").value();
  EXPECT_EQ(profile_for(made, "http://api/").service, "api");
  EXPECT_EQ(profile_for(made, "http://b/", "x").operation, "x");
  EXPECT_EQ(profile_for(made, "http://api/", "y").operation, "y");
  EXPECT_EQ(profile_for(made, "http://b/", "y").operation, "default");
}

}  // namespace
}  // namespace enlace
