#include <algorithm>
#include <csignal>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/cli_command.hpp"

namespace enlace::test {
namespace {

using ::testing::HasSubstr;

TEST(CliCall, RetriesUntilItSucceeds) {
  const served_upstream upstream;
  const auto done = enlace_command({"call", "GET", upstream.url("/flaky?fail=2"), "--max-attempts", "3"});
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_EQ(call_of(done.envelope()).at("attempts"), 3);
  EXPECT_EQ(done.errors, "");
}

TEST(CliCall, SendsAPostOnceWhateverBecomesOfIt) {
  const served_upstream upstream;
  const auto done = enlace_command({"call", upstream.url("/status/500?key=once")});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.envelope().at("error").at("details").at("stopped_by"), "not_idempotent");
  EXPECT_EQ(upstream.count("once"), 1);
}

TEST(CliCall, SendsAPostAgainWhenThatDoesNoHarm) {
  const served_upstream upstream;
  enlace_command({"call", upstream.url("/status/500?key=flag"), "--idempotent", "--max-attempts", "2"});
  EXPECT_EQ(upstream.count("flag"), 2);
  enlace_command({"call", upstream.url("/status/500?key=key"), "--idempotency-key", "k1", "--max-attempts", "2"});
  EXPECT_EQ(upstream.count("key"), 2);
}

TEST(CliCall, OpensTheBreakerOfAClosedPort) {
  const auto done = enlace_command({"call", "GET", "http://127.0.0.1:1/", "--repeat", "40"});
  EXPECT_EQ(done.status, 1);
  const auto all = done.envelopes();
  ASSERT_EQ(all.size(), 40U);
  const auto attempts = std::accumulate(all.begin(), all.end(), std::int64_t{0}, [](auto sum, const json::value& one) {
    return sum + call_of(one).at("attempts").to_number<std::int64_t>();
  });
  EXPECT_EQ(attempts, 5);
  EXPECT_EQ(call_of(all.back()).at("breaker"), "open");
}

TEST(CliCall, MakesAStampedeOneRequestForEachTenant) {
  const served_upstream upstream;
  for (const char* tenant : {"acme", "umbrella"}) {
    const auto done = enlace_command({"call", "GET", upstream.url("/delay/200?key=stampede"), "--cache", "--repeat",
                                      "50", "--concurrency", "50", "--tenant", tenant});
    EXPECT_EQ(done.status, 0);
    EXPECT_EQ(done.lines().size(), 50U);
  }
  EXPECT_EQ(upstream.count("stampede"), 2);
}

TEST(CliCall, MeetsItsDeadlineAgainstADrip) {
  const served_upstream upstream;
  const auto done =
      enlace_command({"call", "GET", upstream.url("/drip?bytes=100&interval_ms=50"), "--timeout", "500ms"});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(code_of(done.envelope()), "TIMEOUT_ERROR");
  EXPECT_LT(call_of(done.envelope()).at("elapsed_ms").to_number<double>(), 4000);
}

TEST(CliCall, SendsWhatItIsTold) {
  const served_upstream upstream;
  const auto done =
      enlace_command({"call", upstream.url("/echo"), "-d", R"({"a": [1, 2]})", "-H", "X-One: 1", "-H", "X-Two:  b: c ",
                      "--tenant", "acme", "--agent", "a7", "--conversation", "c1", "--collection", "docs"});
  const json::value seen = done.envelope().at("data");
  EXPECT_EQ(seen.at("method"), "POST");
  EXPECT_EQ(seen.at("body"), parse_json(R"({"a": [1, 2]})").value());
  const json::object& headers = seen.at("headers").as_object();
  EXPECT_EQ(headers.at("x-one"), "1");
  EXPECT_EQ(headers.at("x-two"), "b: c");
  EXPECT_EQ(headers.at("x-tenant-id"), "acme");
  EXPECT_EQ(headers.at("x-agent-id"), "a7");
  EXPECT_EQ(headers.at("x-conversation-id"), "c1");
  EXPECT_EQ(headers.at("x-collection-id"), "docs");
}

TEST(CliCall, ReadsDataFromAFileAndFromStdin) {
  const served_upstream upstream;
  const temporary_folder folder;
  const std::string file = folder.write("data.json", "{\"from\": \"file\"}\n");
  EXPECT_EQ(enlace_command({"call", upstream.url("/echo"), "-d", "@" + file}).envelope().at("data").at("body"),
            parse_json(R"({"from":"file"})").value());
  EXPECT_EQ(enlace_command({"call", upstream.url("/echo"), "-d", "-"}, "[1]").envelope().at("data").at("body"),
            parse_json("[1]").value());
  const auto get = enlace_command({"call", "get", upstream.url("/echo?a=1"), "-d", R"({"b": true})"});
  EXPECT_EQ(get.envelope().at("data").at("query"), parse_json(R"({"a":"1","b":"true"})").value());
}

TEST(CliCall, PrintsAnEnvelopeForWhatTheCallRefuses) {
  const std::vector<std::vector<std::string>> refused = {{"call", "not-a-url"},
                                                         {"call", "ftp://h/"},
                                                         {"call", "http://h/", "--timeout", "0s"},
                                                         {"call", "http://h/", "--timeout", "-5s"},
                                                         {"call", "http://h/", "--max-attempts", "0"},
                                                         {"call", "http://h/", "--cache-ttl", "-1s"},
                                                         {"call", "http://h/", "-H", "Host: x"},
                                                         {"call", "http://h/", "--tenant", "a\nb"},
                                                         {"call", "GET", "http://h/", "-d", "[1]"},
                                                         {"call", "B D", "http://h/"}};
  for (const auto& arguments : refused) {
    const auto done = enlace_command(arguments);
    EXPECT_EQ(done.status, 1) << arguments.back();
    EXPECT_EQ(code_of(done.envelope()), "VALIDATION_ERROR") << arguments.back();
    EXPECT_EQ(done.errors, "") << arguments.back();
  }
}

TEST(CliCall, TellsTheTrailOnStderr) {
  const served_upstream upstream;
  const auto done = enlace_command({"call", "GET", upstream.url("/flaky?fail=1"), "--trail"});
  EXPECT_EQ(done.lines().size(), 1U);
  EXPECT_THAT(done.errors, HasSubstr("1: HTTP 503"));
  EXPECT_THAT(done.errors, HasSubstr("wait"));
  EXPECT_THAT(done.errors, HasSubstr("2: HTTP 200"));
}

TEST(CliCall, ReadsTheConfigurationFile) {
  const served_upstream upstream;
  const temporary_folder folder;
  const std::string file = folder.write("other.toml", "[operations.default]\ntimeout = \"50ms\"\n");
  const auto done = enlace_command({"call", "GET", upstream.url("/hang"), "-c", file});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(code_of(done.envelope()), "TIMEOUT_ERROR");
}

TEST(CliCall, KeepsThePaceOfStarts) {
  const served_upstream upstream;
  const auto began = std::chrono::steady_clock::now();
  const auto done = enlace_command(
      {"call", "GET", upstream.url("/echo"), "--repeat", "6", "--concurrency", "6", "--interval", "40ms"});
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(200));
  EXPECT_EQ(done.lines().size(), 6U);
}

TEST(CliCall, CancelsWhatIsInFlightWhenInterrupted) {
  const served_upstream upstream;
  process run(
      with_command({"call", "GET", upstream.url("/hang?key=interrupted"), "--repeat", "10", "--concurrency", "3"}));
  run.wait_until([&] { return upstream.count("interrupted") == 3; });
  run.signal(SIGINT);
  EXPECT_EQ(run.wait(), 128 + SIGINT);
  finished_command done;
  done.output = run.output();
  ASSERT_EQ(done.lines().size(), 3U);
  for (const json::value& one : done.envelopes()) EXPECT_EQ(code_of(one), "CANCELLED");
}

TEST(CliCall, IsInterruptedBetweenTwoStarts) {
  const served_upstream upstream;
  process run(with_command({"call", "GET", upstream.url("/echo?key=paced"), "--repeat", "3", "--interval", "1h"}));
  run.wait_until([&] { return !run.output().empty(); });
  run.signal(SIGTERM);
  EXPECT_EQ(run.wait(), 128 + SIGTERM);
  EXPECT_EQ(upstream.count("paced"), 1);
}

TEST(CliCall, WritesManyAnswersInFewPieces) {
  const served_upstream upstream;
  const auto done = enlace_command({"call", "GET", upstream.url("/echo"), "--repeat", "3000", "--concurrency", "32"});
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(done.envelopes().size(), 3000U);
}

TEST(CliCall, SaysThatTheOutputIsFull) {
  const served_upstream upstream;
  process run({"/bin/sh", "-c", std::string(ENLACE_COMMAND) + " call GET " + upstream.url("/echo") + " > /dev/full"});
  EXPECT_EQ(run.wait(), 2);
  EXPECT_THAT(run.errors(), HasSubstr("No space left"));
}

TEST(CliCall, IsIndentedAndColouredOnATerminal) {
  const served_upstream upstream;
  const std::string command = std::string(ENLACE_COMMAND) + " call GET " + upstream.url("/echo");
  process::settings how;
  how.environment = {"TERM=xterm"};
  process coloured({"script", "-qec", command, "/dev/null"}, how);
  EXPECT_EQ(coloured.wait(), 0);
  EXPECT_THAT(coloured.output(), HasSubstr("\n  \x1b[34m\"success\"\x1b[0m: \x1b[35mtrue\x1b[0m,"));
  how.environment.emplace_back("NO_COLOR=1");
  process plain({"script", "-qec", command, "/dev/null"}, how);
  EXPECT_EQ(plain.wait(), 0);
  EXPECT_THAT(plain.output(), HasSubstr("\n  \"success\": true,"));
}

TEST(CliCall, LetsNoAnswerCommandTheTerminal) {
  const served_upstream upstream;
  const std::string command =
      std::string(ENLACE_COMMAND) + " call GET '" + upstream.url("/echo?a=%c2%9b31m%7f%1b") + "'";
  process run({"script", "-qec", command, "/dev/null"});
  EXPECT_EQ(run.wait(), 0);
  EXPECT_THAT(run.output(), HasSubstr("\\u009b31m\\u007f\\u001"));
  EXPECT_EQ(run.output().find("\xC2\x9B"), std::string::npos);
  EXPECT_EQ(run.output().find('\x7F'), std::string::npos);
}

TEST(CliCall, SaysTimesAsPeopleDo) {
  const served_upstream upstream;
  const auto done = enlace_command({"call", "GET", upstream.url("/hang"), "--timeout", "50ms"});
  EXPECT_THAT(done.output, HasSubstr(" within 50ms\""));
}

TEST(CliCall, ShowsABarOnATerminalForManyCalls) {
  const served_upstream upstream;
  process run({"script", "-qec",
               std::string(ENLACE_COMMAND) + " call GET " + upstream.url("/delay/150") + " --repeat 2 > /dev/null",
               "/dev/null"});
  EXPECT_EQ(run.wait(), 0);
  EXPECT_THAT(run.output(), HasSubstr("1 of 2 calls"));
}

}  // namespace
}  // namespace enlace::test
