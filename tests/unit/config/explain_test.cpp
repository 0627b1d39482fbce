#include <set>
#include <string>

#include <gtest/gtest.h>

#include "config/option_table.hpp"
#include "support/temporary_folder.hpp"
#include "unit/config/sample.hpp"

namespace enlace {
namespace {

using test::temporary_folder;

using namespace std::chrono_literals;

TEST(Explain, NamesThePlaceOfEachValue) {
  const options made =
      options::parse(sample_toml, "enlace.toml", {{"ENLACE_SERVICES__EMBEDDING__RETRY__MAX_ATTEMPTS", "4"}}).value();
  const request call = post("http://embedding-service:8000/x").operation("embedding");
  EXPECT_EQ(explained(made, call, "service"), "embedding from enlace.toml:18 [services.embedding]");
  EXPECT_EQ(explained(made, call, "operation"), "embedding from request");
  EXPECT_EQ(explained(made, call, "internal"), "true from enlace.toml:19 [services.embedding]");
  EXPECT_EQ(explained(made, call, "timeout"), "20s from enlace.toml:28 [services.embedding.operations.embedding]");
  EXPECT_EQ(explained(made, call, "idempotent"), "true from built-in");
  EXPECT_EQ(explained(made, call, "cache_scope"), "[\"tenant\"] from built-in");
  EXPECT_EQ(explained(made, call, "connect_timeout"), "500ms from enlace.toml:20 [services.embedding]");
  EXPECT_EQ(explained(made, call, "breaker.cool_down"), "30s from enlace.toml:22 [services.embedding]");
  EXPECT_EQ(explained(made, call, "breaker.per_operation"), "false from built-in");
  EXPECT_EQ(explained(made, call, "retry.max_attempts"),
            "4 from environment ENLACE_SERVICES__EMBEDDING__RETRY__MAX_ATTEMPTS");
  EXPECT_EQ(explained(made, call, "client.name"), "agent-service from enlace.toml:2 [client]");
  EXPECT_EQ(explained(made, call, "client.max_body_bytes"), "32MiB from built-in");
  EXPECT_EQ(explained(made, call, "context.internal_hosts"), "[\"*.corp.example\"] from enlace.toml:6 [context]");
  EXPECT_EQ(explained(made, call, "tls.ca_file"), "\"\" from built-in");
}

TEST(Explain, OfAnAddressThatIsNotConfigured) {
  const options made = options::parse(sample_toml).value();
  const request call = get("http://other:81/x").operation("nobody_knows");
  EXPECT_EQ(explained(made, call, "service"), "other:81 from address");
  EXPECT_EQ(explained(made, call, "operation"), "default from built-in");
  EXPECT_EQ(explained(made, call, "internal"), "true from built-in");
  EXPECT_EQ(explained(made, call, "connect_timeout"), "2s from built-in");
  EXPECT_EQ(explained(made, call, "max_in_flight"), "1024 from built-in");
  EXPECT_EQ(explained(made, get("http://a.corp.example/"), "internal"), "true from enlace.toml:6 [context]");
  EXPECT_EQ(explained(made, get("http://example.com/"), "internal"), "false from built-in");
}

TEST(Explain, SaysWhatTheRequestSays) {
  const options made;
  EXPECT_EQ(explained(made, post("http://a/").max_attempts(7), "retry.max_attempts"), "7 from request");
  EXPECT_EQ(explained(made, post("http://a/").idempotency_key("k"), "idempotent"), "true from request");
  const request streamed = post("http://a/").first_event_timeout(3s).between_events_timeout(4s).heartbeats();
  EXPECT_EQ(explained(made, streamed, "first_event_timeout"), "3s from request");
  EXPECT_EQ(explained(made, streamed, "between_events_timeout"), "4s from request");
  EXPECT_EQ(explained(made, streamed, "heartbeats"), "true from request");
  EXPECT_EQ(explained(made, post("http://a/"), "idempotent"), "false from built-in");
  EXPECT_EQ(explained(made, get("http://a/"), "idempotent"), "true from method GET");
  EXPECT_EQ(explained(made, get("http://a/").idempotent(false), "idempotent"), "false from request");
  EXPECT_EQ(explained(made, get("http://a/").operation("llm_stream").cache_ttl(seconds_d(5)), "cache_ttl"),
            "never from built-in");
}

TEST(Explain, ValuesOfAProgram) {
  settings values;
  values.services["a"].connect_timeout = 7s;
  values.services["a"].timeout = 60s;
  values.services["a"].internal = false;
  values.client.name = "mine";
  values.context.internal_hosts = {"b.example"};
  const options made = options::make(values).value();
  EXPECT_EQ(explained(made, post("http://a/"), "service"), "a from its name");
  EXPECT_EQ(explained(made, post("http://a/"), "connect_timeout"), "7s from program");
  EXPECT_EQ(explained(made, post("http://a/"), "timeout"), "1m from program");
  EXPECT_EQ(explained(made, post("http://a/"), "internal"), "false from program");
  EXPECT_EQ(explained(made, post("http://b.example/"), "internal"), "true from program");
  EXPECT_EQ(explained(made, post("http://a/"), "client.name"), "mine from program");
  EXPECT_EQ(explained(made, post("http://a/"), "client.max_idle"), "1m from built-in");
}

TEST(Explain, FallsBackToTheWholeClient) {
  const temporary_folder folder;
  folder.write("ca.pem", "x");
  folder.write("enlace.toml", "[limits]\nmax_in_flight = 7\n[tls]\nca_file = \"ca.pem\"\n[services.a]");
  const options made = options::load(folder.file("enlace.toml"), {}).value();
  EXPECT_EQ(explained(made, post("http://a/"), "max_in_flight"), "7 from " + (folder.file("enlace.toml:2 [limits]")));
  EXPECT_EQ(explained(made, post("http://a/"), "ca_file"),
            folder.file("ca.pem") + " from " + (folder.file("enlace.toml:4 [tls]")));
}

TEST(Explain, NeverShowsWhatAReferenceStandsFor) {
  const options made =
      options::parse(
          "[client]\nname = \"${TOKEN}\"\n[services.a]\nhosts = [\"${TOKEN}\"]\nvary = "
          "[\"${TOKEN}\"]\ntimeout = \"${T}\"",
          "enlace.toml", {{"TOKEN", "hunter2"}, {"T", "3s"}, {"ENLACE_CONTEXT__INTERNAL_HOSTS", "${TOKEN}"}})
          .value();
  for (const explained_value& line : made.explain(post("http://hunter2/")).value()) {
    EXPECT_EQ(line.value.find("hunter2"), std::string::npos) << line.name;
  }
  EXPECT_EQ(explained(made, post("http://hunter2/"), "client.name"), "${TOKEN} from enlace.toml:2 [client]");
  EXPECT_EQ(explained(made, post("http://hunter2/"), "vary"), "[\"${TOKEN}\"] from enlace.toml:5 [services.a]");
  EXPECT_EQ(explained(made, post("http://hunter2/"), "timeout"), "3s from enlace.toml:6 [services.a]");
  EXPECT_EQ(explained(made, post("http://hunter2/"), "context.internal_hosts"),
            "${TOKEN} from environment ENLACE_CONTEXT__INTERNAL_HOSTS");
}

TEST(Explain, ShowsNoSecretsThatAreWrittenOut) {
  const result<options> made = options::parse(
      "[telemetry]\notlp_endpoint = \"http://user:hunter2@collector:4318\"\notlp_headers = [\"api-key: hunter2\"]\n"
      "[admin]\ntoken = \"hunter2\"\n",
      "enlace.toml", {{"ENLACE_TELEMETRY__OTLP_HEADERS", "other: hunter2"}});
  ASSERT_TRUE(made);
  for (const explained_value& line : made->explain_all()) {
    EXPECT_EQ(line.value.find("hunter2"), std::string::npos) << line.name << " " << line.value;
  }
  EXPECT_EQ(explained(*made, post("http://a/"), "admin.token"), "REDACTED from enlace.toml:5 [admin]");
  EXPECT_EQ(explained(*made, post("http://a/"), "telemetry.otlp_headers"),
            "[\"other: REDACTED\"] from environment ENLACE_TELEMETRY__OTLP_HEADERS");
  settings values;
  values.admin.token = "hunter2";
  EXPECT_EQ(explained(options::make(values).value(), post("http://a/"), "admin.token"), "REDACTED from program");
}

TEST(Explain, HasEveryOptionOnce) {
  std::set<std::string> names;
  for (const explained_value& line : options().explain(post("http://a/")).value()) {
    EXPECT_TRUE(names.insert(line.name).second) << line.name;
  }
  for (const option_row& row : options_of(table_kind::service)) {
    if (row.name == "hosts") continue;
    EXPECT_TRUE(names.contains(std::string(row.name))) << row.name;
  }
  for (const table_kind kind : single_tables) {
    for (const option_row& row : options_of(kind)) EXPECT_TRUE(names.contains(table_path{kind, {}, {}}.of(row.name)));
  }
}

TEST(Explain, RefusesWhatIsNoUrl) {
  EXPECT_EQ(options().explain(post("nonsense")).error().code, error_code::validation_error);
}

}  // namespace
}  // namespace enlace
