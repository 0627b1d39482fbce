#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/cli_command.hpp"
#include "support/eventually.hpp"

namespace enlace::test {
namespace {

using ::testing::HasSubstr;

std::string message_of(const json::value& envelope) { return std::string(envelope.at("message").as_string()); }

TEST(CliBatch, AnswersInTheOrderOfTheLines) {
  const served_upstream upstream;
  std::string input;
  for (const int wait_ms : {200, 100, 0, 50, 0}) {
    input += R"({"method": "GET", "url": ")" + upstream.url("/delay/" + std::to_string(wait_ms)) + "\"}\n";
  }
  const auto done = enlace_command({"call", "--batch", "-", "--concurrency", "5"}, input);
  EXPECT_EQ(done.status, 0) << done.errors;
  std::vector<std::int64_t> waits;
  for (const json::value& one : done.envelopes()) waits.push_back(one.at("data").at("delayed_ms").as_int64());
  EXPECT_THAT(waits, testing::ElementsAre(200, 100, 0, 50, 0));
}

TEST(CliBatch, TakesEveryMember) {
  const served_upstream upstream;
  const temporary_folder folder;
  const std::string file = folder.write("batch", R"({"method": "put", "url": ")" + upstream.url("/echo") +
                                                     R"(", "data": {"a": null}, "headers": {"X-A": "b"}, "tenant": "t",
"agent": "a", "conversation": "c", "collection": "k", "operation": "embedding", "timeout": "2.5s", "max_attempts": 2,
"idempotent": true, "idempotency_key": "key", "use_cache": true, "cache_ttl": 60})");
  std::string text;
  std::getline(std::ifstream(file), text, '\0');
  for (char& c : text) c = c == '\n' ? ' ' : c;
  const auto done = enlace_command({"call", "--batch", folder.write("batch", text)});
  ASSERT_EQ(done.status, 0) << done.output << done.errors;
  const json::value seen = done.envelope().at("data");
  EXPECT_EQ(seen.at("method"), "PUT");
  EXPECT_EQ(seen.at("body"), parse_json(R"({"a":null})").value());
  EXPECT_EQ(seen.at("headers").at("x-a"), "b");
  EXPECT_EQ(seen.at("headers").at("x-tenant-id"), "t");
  EXPECT_EQ(seen.at("headers").at("x-agent-id"), "a");
  EXPECT_EQ(seen.at("headers").at("x-conversation-id"), "c");
  EXPECT_EQ(seen.at("headers").at("x-collection-id"), "k");
  EXPECT_EQ(seen.at("headers").at("x-idempotency-key"), "key");
  EXPECT_EQ(call_of(done.envelope()).at("operation"), "embedding");
}

TEST(CliBatch, GivesEachBadLineItsOwnError) {
  struct bad_line {
    const char* text;
    const char* why;
  };
  const std::vector<bad_line> lines = {{"nonsense", "JSON"},
                                       {"", "JSON"},
                                       {"[1]", "JSON object"},
                                       {"{}", "needs a url"},
                                       {R"({"url": ""})", "needs a url"},
                                       {R"({"url": null})", "needs a url"},
                                       {R"({"url": 7})", "url must be a string"},
                                       {R"({"url": "http://h/", "method": 1})", "method must be a string"},
                                       {R"({"url": "http://h/", "tenannt": "x"})", "did you mean tenant"},
                                       {R"({"url": "http://h/", "headers": {"a": 1}})", "headers must be"},
                                       {R"({"url": "http://h/", "headers": []})", "headers must be"},
                                       {R"({"url": "http://h/", "timeout": "5"})", "timeout must be a duration"},
                                       {R"({"url": "http://h/", "timeout": []})", "timeout must be a duration"},
                                       {R"({"url": "http://h/", "timeout": 0})", "timeout must be more than 0"},
                                       {R"({"url": "http://h/", "timeout": -1e300})", "timeout must be more than 0"},
                                       {R"({"url": "http://h/", "max_attempts": 1.5})", "max_attempts must be"},
                                       {R"({"url": "http://h/", "max_attempts": -99999999999})", "at least 1"},
                                       {R"({"url": "http://h/", "idempotent": "yes"})", "idempotent must be true"},
                                       {R"({"url": "http://h/", "cache_ttl": -1})", "cache_ttl"},
                                       {R"({"url": "http://h/", "tenant": "a\u0000b"})", "tenant"}};
  std::string input;
  for (const bad_line& line : lines) input.append(line.text).append("\n");
  const auto done = enlace_command({"call", "--batch", "-", "--concurrency", "3"}, input);
  EXPECT_EQ(done.status, 1);
  const auto all = done.envelopes();
  ASSERT_EQ(all.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(code_of(all[i]), "VALIDATION_ERROR") << lines[i].text;
    EXPECT_THAT(message_of(all[i]), HasSubstr(lines[i].why)) << lines[i].text;
  }
  EXPECT_EQ(all[1].at("error").at("details").at("line"), 2);
}

TEST(CliBatch, HoldsTheOptionsForLinesThatDoNotSayOtherwise) {
  const served_upstream upstream;
  const std::string url = "{\"url\": \"" + upstream.url("/echo") + "\"";
  const auto done = enlace_command({"call", "--batch", "-", "--tenant", "acme", "-H", "X-A: 1"},
                                   url + "}\n" + url + R"(, "tenant": "other", "headers": {"x-a": "2"}})" + "\r\n");
  const auto all = done.envelopes();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].at("data").at("headers").at("x-tenant-id"), "acme");
  EXPECT_EQ(all[0].at("data").at("headers").at("x-a"), "1");
  EXPECT_EQ(all[1].at("data").at("headers").at("x-tenant-id"), "other");
  EXPECT_EQ(all[1].at("data").at("headers").at("x-a"), "2");
}

TEST(CliBatch, AnswersNothingForNothing) {
  const auto done = enlace_command({"call", "--batch", "-"});
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_EQ(done.output, "");
}

TEST(CliBatch, AnswersALineBeforeTheNextOneComes) {
  const served_upstream upstream;
  const temporary_folder folder;
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  process run(with_command({"call", "--batch", pipe, "--concurrency", "4"}));
  std::ofstream input(pipe);
  const std::string line = R"({"url": ")" + upstream.url("/echo") + "\"}\n";
  input << line << std::flush;
  EXPECT_TRUE(eventually([&] { return run.output().ends_with('\n'); }));
  input << line.substr(0, 10) << std::flush;
  input << line.substr(10) << line << std::flush;
  input.close();
  EXPECT_EQ(run.wait(), 0);
  finished_command done;
  done.output = run.output();
  EXPECT_EQ(done.envelopes().size(), 3U);
}

TEST(CliBatch, IsInterruptedWhileItWaitsForALine) {
  const temporary_folder folder;
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  process run(with_command({"call", "--batch", pipe, "--concurrency", "2"}));
  std::ofstream input(pipe);
  input << "nonsense\n" << std::flush;
  EXPECT_TRUE(eventually([&] { return run.output().ends_with('\n'); }));
  run.signal(SIGINT);
  EXPECT_EQ(run.wait(), 128 + SIGINT);
}

TEST(CliBatch, TakesALongLine) {
  const served_upstream upstream;
  const std::string text(300'000, 'x');
  const auto done = enlace_command({"call", "--batch", "-"},
                                   R"({"url": ")" + upstream.url("/echo") + R"(", "data": ")" + text + "\"}");
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_EQ(done.envelope().at("data").at("body"), json::string(text));
}

}  // namespace
}  // namespace enlace::test
