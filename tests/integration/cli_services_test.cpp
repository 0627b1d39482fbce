#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/cli_command.hpp"

namespace enlace::test {
namespace {

using ::testing::HasSubstr;

process::settings configured(const std::string& file) {
  process::settings how;
  how.environment = {"ENLACE_CONFIG=" + file};
  return how;
}

TEST(CliHealth, AsksAllSideBySide) {
  const served_upstream upstream;
  const auto good = enlace_command({"health", upstream.url(), upstream.url("/")});
  EXPECT_EQ(good.status, 0) << good.errors;
  ASSERT_EQ(good.envelope().as_array().size(), 2U);
  EXPECT_EQ(good.envelope().at(1).at("status"), "available");
  const auto mixed = enlace_command({"health", upstream.url("?status=degraded"), "http://127.0.0.1:1", "nonsense"});
  EXPECT_EQ(mixed.status, 1);
  EXPECT_EQ(mixed.envelope().at(0).at("status"), "degraded");
  EXPECT_EQ(mixed.envelope().at(1).at("status"), "unavailable");
  EXPECT_THAT(std::string(mixed.envelope().at(1).at("why").as_string()), HasSubstr("refused"));
  EXPECT_EQ(mixed.envelope().at(2).at("status"), "unavailable");
  EXPECT_EQ(enlace_command({"health", upstream.url("?status=degraded")}).status, 0);
}

TEST(CliHealth, IsATableOnATerminal) {
  const served_upstream upstream;
  process run({"script", "-qec", std::string(ENLACE_COMMAND) + " health " + upstream.url(), "/dev/null"});
  EXPECT_EQ(run.wait(), 0);
  EXPECT_THAT(run.output(), HasSubstr("SERVICE"));
  EXPECT_THAT(run.output(), HasSubstr("available"));
}

TEST(CliExplain, TellsWhereValuesComeFrom) {
  const temporary_folder folder;
  const std::string file = folder.write("e.toml", "[services.embed]\nhosts = [\"10.0.0.1:80\"]\ntimeout = \"7s\"\n");
  const auto done = enlace_command({"explain", "http://u:p@10.0.0.1/x", "--operation", "embedding"}, configured(file));
  EXPECT_EQ(done.status, 0) << done.errors;
  const json::value shown = done.envelope();
  EXPECT_EQ(shown.at("url"), "http://10.0.0.1/x");
  EXPECT_EQ(shown.at("operation"), "embedding");
  EXPECT_EQ(shown.at("values").at("service").at("value"), "embed");
  EXPECT_EQ(shown.at("values").at("timeout").at("value"), "7s");
  EXPECT_THAT(std::string(shown.at("values").at("timeout").at("origin").as_string()), HasSubstr("e.toml:3"));
  EXPECT_EQ(shown.at("values").at("connect_timeout").at("origin"), "built-in");
}

TEST(CliCheck, FindsAllProblems) {
  const temporary_folder folder;
  const std::string bad = folder.write("bad.toml", "[client]\nnaem = \"x\"\n[operations.o]\ntimeout = \"soon\"\n");
  const auto wrong = enlace_command({"check", bad});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.output, "");
  EXPECT_THAT(wrong.errors, HasSubstr("bad.toml:2"));
  EXPECT_THAT(wrong.errors, HasSubstr("name"));
  EXPECT_THAT(wrong.errors, HasSubstr("bad.toml:4"));
  EXPECT_EQ(enlace_command({"check"}, configured(bad)).status, 2);
  const auto right = enlace_command({"check", folder.write("good.toml", "[client]\nname = \"x\"\n")});
  EXPECT_EQ(right.status, 0);
  EXPECT_THAT(right.output, HasSubstr("no problems"));
}

TEST(CliServe, EndsCleanlyWhenTold) {
  for (const int signal : {SIGINT, SIGTERM}) {
    served_upstream upstream;
    process hanging(with_command({"call", "GET", upstream.url("/hang?key=h"), "--max-attempts", "1"}));
    hanging.wait_until([&] { return upstream.count("h") == 1; });
    upstream.running().signal(signal);
    EXPECT_EQ(upstream.running().wait(), 0);
    EXPECT_EQ(hanging.wait(), 1);
  }
}

TEST(CliServe, SaysThatAPortIsTaken) {
  const served_upstream upstream;
  const std::string url = upstream.url();
  const auto done = enlace_command({"serve", "--port", url.substr(url.rfind(':') + 1)});
  EXPECT_EQ(done.status, 2);
  EXPECT_NE(done.errors, "");
}

}  // namespace
}  // namespace enlace::test
