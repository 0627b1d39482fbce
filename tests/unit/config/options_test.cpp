#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "unit/config/sample.hpp"

namespace enlace {
namespace {

using test::temporary_folder;

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Options, ReadTheWholeSample) {
  const options made = options::parse(sample_toml).value();
  const settings& values = made.values();
  EXPECT_EQ(values.client.name, "agent-service");
  EXPECT_THAT(values.context.internal_hosts, ElementsAre("*.corp.example"));
  EXPECT_EQ(values.cache.max_bytes, 64U << 20);
  const operation_settings& rag = values.operations.at("rag_query");
  EXPECT_EQ(rag.timeout, 120s);
  EXPECT_EQ(rag.idempotent, true);
  EXPECT_EQ(rag.cache_ttl, 1h);
  EXPECT_EQ(rag.cache_scope, cache_scope{cache_id::collection});
  EXPECT_EQ(rag.use_cache, std::nullopt);
  const service_settings& service = values.services.at("embedding");
  EXPECT_THAT(service.hosts, ElementsAre("embedding-service:8000", "127.0.0.1:9000"));
  EXPECT_EQ(service.internal, true);
  EXPECT_EQ(service.connect_timeout, 500ms);
  EXPECT_EQ(service.max_in_flight, 256);
  EXPECT_EQ(service.breaker.slow_after, 10s);
  EXPECT_EQ(service.breaker.max_cool_down, 300s);
  EXPECT_EQ(service.retry.budget_burst, 10);
  EXPECT_EQ(service.stale_if_error, 10min);
  EXPECT_TRUE(service.envelope_failures);
  EXPECT_EQ(service.operations.at("embedding").timeout, 20s);
}

TEST(Options, GiveTheProfileOfAConfiguredService) {
  const options made = options::parse(sample_toml).value();
  const profile embedding = profile_for(made, "http://embedding-service:8000/api", "embedding");
  EXPECT_EQ(embedding.service, "embedding");
  EXPECT_EQ(embedding.operation, "embedding");
  EXPECT_TRUE(embedding.internal);
  EXPECT_EQ(embedding.timeout, 20s);
  EXPECT_EQ(embedding.connect_timeout, 500ms);
  EXPECT_EQ(embedding.attempt_timeout, 0s);
  EXPECT_TRUE(embedding.idempotent);
  EXPECT_TRUE(embedding.cacheable);
  EXPECT_FALSE(embedding.use_cache);
  EXPECT_EQ(embedding.cache_ttl, 24h);
  EXPECT_EQ(embedding.cache_scope, cache_scope{cache_id::tenant});
  EXPECT_EQ(embedding.max_in_flight, 256);
  EXPECT_EQ(embedding.breaker.min_calls, 20);
  EXPECT_TRUE(embedding.envelope_failures);
  EXPECT_EQ(embedding.stale_if_error, 10min);
}

TEST(Options, GiveTheBuiltInProfileOfAnyOtherAddress) {
  const profile other = profile_for(options(), "http://other:80/");
  EXPECT_EQ(other.service, "other:80");
  EXPECT_EQ(other.operation, "default");
  EXPECT_EQ(other.timeout, 60s);
  EXPECT_EQ(other.connect_timeout, 2s);
  EXPECT_EQ(other.attempt_timeout, 0s);
  EXPECT_FALSE(other.idempotent);
  EXPECT_EQ(other.cache_ttl, 300s);
  EXPECT_EQ(other.cache_scope, cache_scope());
  EXPECT_TRUE(other.vary.empty());
  EXPECT_EQ(other.stale_if_error, 0s);
  EXPECT_EQ(other.max_in_flight, 1024);
  EXPECT_EQ(other.retry.max_attempts, 3);
  EXPECT_EQ(other.breaker.consecutive_failures, 5);
  EXPECT_FALSE(other.breaker_per_operation);
  EXPECT_FALSE(other.envelope_failures);
  EXPECT_TRUE(other.tls.verify);
  EXPECT_EQ(other.tls.ca_file, "");
}

TEST(Options, AStreamIsNeverCached) {
  const profile stream = profile_for(options(), "http://a/", "llm_stream");
  EXPECT_FALSE(stream.cacheable);
  EXPECT_EQ(stream.cache_ttl, 0s);
  EXPECT_EQ(stream.timeout, 300s);
  const options zero = options::parse("[operations.rag_query]\ncache_ttl = 0").value();
  EXPECT_TRUE(profile_for(zero, "http://a/", "rag_query").cacheable) << "when the request says how long";
  EXPECT_EQ(profile_for(zero, "http://a/", "rag_query").cache_ttl, 0s);
}

TEST(Options, DecideWhatIsInternal) {
  const options made = options::parse(R"(
[context]
internal_hosts = ["*.corp.example", "partner.example"]
[services.out]
hosts = ["single-label"]
internal = false
[services.in]
hosts = ["api.example.com:443"]
internal = true
)")
                           .value();
  EXPECT_TRUE(profile_for(made, "http://api.corp.example/").internal);
  EXPECT_TRUE(profile_for(made, "http://partner.example/").internal);
  EXPECT_TRUE(profile_for(made, "http://embedding-service/").internal);
  EXPECT_TRUE(profile_for(made, "http://10.1.2.3/").internal);
  EXPECT_TRUE(profile_for(made, "https://api.example.com/").internal);
  EXPECT_FALSE(profile_for(made, "http://single-label/").internal);
  EXPECT_FALSE(profile_for(made, "http://example.com/").internal);
  EXPECT_FALSE(profile_for(made, "http://169.254.169.254/").internal);
  EXPECT_FALSE(profile_for(options(), "http://api.corp.example/").internal);
}

TEST(Options, AServiceFallsBackToTheWholeClientsLimitsAndAuthorities) {
  const temporary_folder folder;
  folder.write("all.pem", "x");
  folder.write("own.pem", "x");
  folder.write("enlace.toml", R"(
[limits]
max_in_flight = 7
[tls]
ca_file = "all.pem"
[services.a]
[services.b]
max_in_flight = 0
ca_file = "own.pem"
[services.c]
ca_file = ""
)");
  const options made = options::load(folder.file("enlace.toml"), {}).value();
  EXPECT_EQ(profile_for(made, "http://a/").max_in_flight, 7);
  EXPECT_EQ(profile_for(made, "http://other/").max_in_flight, 7);
  EXPECT_EQ(profile_for(made, "http://b/").max_in_flight, 0);
  EXPECT_EQ(profile_for(made, "https://a/").tls.ca_file, folder.file("all.pem"));
  EXPECT_EQ(profile_for(made, "https://b/").tls.ca_file, folder.file("own.pem"));
  EXPECT_EQ(profile_for(made, "https://c/").tls.ca_file, "");
}

TEST(Options, OfAProgramNeedNoFile) {
  settings values;
  values.client.name = "mine";
  values.services["a"].hosts = {"a:1"};
  values.services["a"].timeout = 3s;
  values.services["a"].operations["o"].timeout = 2s;
  const options made = options::make(values).value();
  EXPECT_EQ(made.values().client.name, "mine");
  EXPECT_EQ(profile_for(made, "http://a:1/").timeout, 3s);
  EXPECT_EQ(profile_for(made, "http://a:1/", "o").timeout, 2s);
}

TEST(Options, SecretsComeFromVariablesAndFiles) {
  const temporary_folder folder;
  folder.write("name", "from-file\n");
  folder.write("enlace.toml",
               "[client]\nname = \"file:name\"\n[services.a]\nhosts = [\"${HOST}:80\"]\ntimeout = "
               "\"${TIMEOUT}\"\nmax_in_flight = \"${LIMIT}\"");
  const options made =
      options::load(folder.file("enlace.toml"), {{"HOST", "x"}, {"TIMEOUT", "3s"}, {"LIMIT", "4"}}).value();
  EXPECT_EQ(made.values().client.name, "from-file");
  EXPECT_EQ(profile_for(made, "http://x/").timeout, 3s);
  EXPECT_EQ(profile_for(made, "http://x/").max_in_flight, 4);
  EXPECT_THAT(problems_of(options::load(folder.file("enlace.toml"), {{"HOST", "x"}, {"LIMIT", "4"}})),
              ElementsAre(HasSubstr("enlace.toml:5: services.a.timeout: the environment variable TIMEOUT is not "
                                    "defined")));
}

TEST(Options, AFileThatIsNotThereIsAnError) {
  const result<options> missing = options::load("/no/such/enlace.toml", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, error_code::configuration_error);
  EXPECT_EQ(missing.error().message, "/no/such/enlace.toml: No such file or directory");
}

/// Runs each test in a folder of its own.
class DefaultFile : public testing::Test {
 protected:
  DefaultFile() : before_(std::filesystem::current_path()) { std::filesystem::current_path(folder_.file(".")); }
  ~DefaultFile() override { std::filesystem::current_path(before_); }

  temporary_folder folder_;
  std::filesystem::path before_;
};

TEST_F(DefaultFile, IsInTheCurrentFolderAndNeedNotBeThere) {
  EXPECT_EQ(options::load_default({}).value().values().client.name, "enlace");
  EXPECT_EQ(options::load_default({{"ENLACE_CLIENT__NAME", "x"}}).value().values().client.name, "x");
  folder_.write("enlace.toml", "[client]\nname = \"here\"");
  EXPECT_EQ(options::load_default({}).value().values().client.name, "here");
  folder_.write("enlace.toml", "[client]\nnam = \"here\"");
  EXPECT_THAT(problems_of(options::load_default({})), ElementsAre(HasSubstr("enlace.toml:2: unknown key 'nam'")));
}

TEST_F(DefaultFile, IsTheOneThatTheEnvironmentNames) {
  folder_.write("enlace.toml", "[client]\nname = \"here\"");
  folder_.write("other.toml", "[client]\nname = \"other\"");
  EXPECT_EQ(options::load_default({{"ENLACE_CONFIG", folder_.file("other.toml")}}).value().values().client.name,
            "other");
  EXPECT_EQ(options::load_default({{"ENLACE_CONFIG", ""}}).value().values().client.name, "here");
  EXPECT_FALSE(options::load_default({{"ENLACE_CONFIG", "missing.toml"}}));
}

TEST_F(DefaultFile, ThatCanNotBeReadIsAnError) {
  std::filesystem::create_directory("enlace.toml");
  EXPECT_FALSE(options::load_default({}));
}

}  // namespace
}  // namespace enlace
