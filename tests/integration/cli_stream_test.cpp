#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/cli_command.hpp"

namespace enlace::test {
namespace {

using ::testing::HasSubstr;

TEST(CliStream, PrintsAnEventALine) {
  const served_upstream upstream;
  const auto done = enlace_command({"stream", "GET", upstream.url("/sse?events=2&interval_ms=1")});
  EXPECT_EQ(done.status, 0) << done.errors;
  EXPECT_EQ(done.output,
            "{\"type\":\"message\",\"id\":\"1\",\"data\":{\"n\":1}}\n{\"type\":\"message\",\"id\":\"2\",\"data\":{"
            "\"n\":2}}\n");
  const auto lines = enlace_command({"stream", upstream.url("/ndjson?events=2&interval_ms=1")});
  EXPECT_EQ(lines.output, "{\"data\":{\"n\":1}}\n{\"data\":{\"n\":2}}\n");
}

TEST(CliStream, PrintsOnlyTheText) {
  const served_upstream upstream;
  for (const char* format : {"openai", "responses", "ollama", "ollama-chat"}) {
    const auto done =
        enlace_command({"stream", "--text", upstream.url("/tokens?tokens=6&interval_ms=1&format=") + format});
    EXPECT_EQ(done.status, 0) << format << ": " << done.errors;
    EXPECT_EQ(done.output, "A smooth sea makes no sailors. \n") << format;
  }
}

TEST(CliStream, PrintsTheBytes) {
  const served_upstream upstream;
  const auto done = enlace_command({"stream", "--raw", upstream.url("/ndjson?events=2&interval_ms=1")});
  EXPECT_EQ(done.output, "{\"n\":1}\n{\"n\":2}\n");
}

TEST(CliStream, AFailureIsTheLastLine) {
  const served_upstream upstream;
  const auto broken = enlace_command({"stream", upstream.url("/sse?events=5&interval_ms=1&break_after=2")});
  EXPECT_EQ(broken.status, 1);
  ASSERT_EQ(broken.lines().size(), 3U);
  EXPECT_EQ(broken.envelopes()[2].at("error").at("details").at("error"), "stream_interrupted");
  EXPECT_EQ(broken.envelopes()[2].at("error").at("details").at("last_event_id"), "2");
  const auto text = enlace_command({"stream", "--text", upstream.url("/page")});
  EXPECT_EQ(text.status, 1);
  EXPECT_EQ(text.output, "");
  EXPECT_THAT(text.errors, HasSubstr("a stream was expected"));
}

TEST(CliStream, Resumes) {
  const served_upstream upstream;
  const auto done = enlace_command({"stream", "GET", "--resume", "--trail",
                                    upstream.url("/sse?events=5&interval_ms=1&break_after=2&retry_ms=1&key=r")});
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_EQ(done.lines().size(), 5U);
  EXPECT_EQ(upstream.count("r"), 3);
  EXPECT_THAT(done.errors, HasSubstr("resume"));
}

TEST(CliStream, HasItsClocks) {
  const served_upstream upstream;
  const auto done = enlace_command({"stream", "--between-events-timeout", "100ms", upstream.url("/stall?events=1")});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.envelopes()[1].at("error").at("details").at("error"), "between_events_timeout");
  const auto first = enlace_command(
      {"stream", "--first-event-timeout", "100ms", "--max-attempts", "1", upstream.url("/stall?events=0")});
  EXPECT_EQ(first.envelope().at("error").at("details").at("error"), "first_event_timeout");
}

TEST(CliStream, AnInterruptionClosesTheUpstream) {
  const served_upstream upstream;
  process run(with_command({"stream", upstream.url("/stall?events=1")}));
  run.wait_until([&run] { return run.output().ends_with('\n'); });
  run.signal(SIGINT);
  EXPECT_EQ(run.wait(), 130);
  EXPECT_EQ(run.output(), "{\"type\":\"message\",\"data\":{\"n\":1}}\n");
}

TEST(CliStream, SaysWhatIsWrongWithItsUse) {
  EXPECT_THAT(enlace_command({"stream"}).errors, HasSubstr("a URL is required"));
  EXPECT_EQ(enlace_command({"stream", "--text", "--raw", "http://a/"}).status, 2);
  EXPECT_EQ(enlace_command({"stream", "--format", "xml", "http://a/"}).status, 2);
  EXPECT_EQ(enlace_command({"stream", "-d", "{", "http://a/"}).status, 2);
  EXPECT_EQ(enlace_command({"stream", "nowhere"}).status, 1);
}

}  // namespace
}  // namespace enlace::test
