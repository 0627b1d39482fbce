#include <string>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

using test::raw_client;
using test::test_upstream;

class MisbehaviourStream : public testing::Test {
 protected:
  incoming ask(std::string_view target) { return raw_client(upstream_.port()).ask(target); }
  /// What comes of a body, with its chunks' frames, until the connection ends.
  std::string bytes_of(std::string_view target, std::string_view fields = "") {
    raw_client client(upstream_.port());
    client.get(target, fields);
    client.read_until("\r\n\r\n");
    std::string bytes;
    EXPECT_EQ(client.read_to_end(bytes), raw_client::ending::closed);
    return bytes;
  }

  test_upstream upstream_;
};

TEST_F(MisbehaviourStream, Drips) {
  const auto begun = std::chrono::steady_clock::now();
  const incoming answer = ask("/drip?bytes=5&interval_ms=5");
  EXPECT_EQ(answer.body, "xxxxx");
  EXPECT_EQ(answer.headers.get("Content-Length"), "5");
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(20));
  EXPECT_EQ(ask("/drip?bytes=0").body, "");
}

TEST_F(MisbehaviourStream, DripsByteByByte) {
  raw_client client(upstream_.port());
  client.get("/drip?bytes=1000000&interval_ms=1000");
  client.read_until("\r\n\r\nx");
  EXPECT_FALSE(client.readable_within(std::chrono::milliseconds(5)));
}

TEST_F(MisbehaviourStream, PoursWhenThereIsNoInterval) {
  const incoming answer = ask("/drip?bytes=3000001&interval_ms=0");
  EXPECT_EQ(answer.body, std::string(3'000'001, 'x'));
}

TEST_F(MisbehaviourStream, SendsEvents) {
  const incoming answer = ask("/sse?events=3&interval_ms=1");
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/event-stream");
  EXPECT_EQ(answer.body, "id: 1\ndata: {\"n\":1}\n\nid: 2\ndata: {\"n\":2}\n\nid: 3\ndata: {\"n\":3}\n\n");
  EXPECT_EQ(ask("/sse?events=0").body, "");
}

TEST_F(MisbehaviourStream, SendsEachEventWhenItHappens) {
  raw_client client(upstream_.port());
  client.get("/sse?events=2&interval_ms=60000");
  EXPECT_TRUE(client.read_until("}\n\n").ends_with("id: 1\ndata: {\"n\":1}\n\n"));
}

TEST_F(MisbehaviourStream, SendsLines) {
  const incoming answer = ask("/ndjson?events=3&interval_ms=0");
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(answer.body, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
}

TEST_F(MisbehaviourStream, BreaksOffAfterSomeEvents) {
  EXPECT_EQ(bytes_of("/sse?events=3&interval_ms=0&break_after=2"),
            "15\r\nid: 1\ndata: {\"n\":1}\n\n\r\n15\r\nid: 2\ndata: {\"n\":2}\n\n\r\n");
  EXPECT_EQ(bytes_of("/ndjson?events=3&interval_ms=0&break_after=2"), "8\r\n{\"n\":1}\n\r\n8\r\n{\"n\":2}\n\r\n");
  for (const std::string path : {"/sse", "/ndjson"}) {
    const incoming none = ask(path + "?events=3&break_after=0");
    EXPECT_EQ(none.status, 200);
    EXPECT_EQ(none.failure, wire_failure::truncated);
    EXPECT_EQ(none.body, "");
    EXPECT_EQ(ask(path + "?events=2&interval_ms=0&break_after=2").failure, wire_failure::none);
    EXPECT_EQ(ask(path + "?events=0&break_after=0").failure, wire_failure::none);
  }
}

TEST_F(MisbehaviourStream, GoesOnAfterTheLastEventId) {
  const auto from = [&](std::string_view id, std::string_view target) {
    return raw_client(upstream_.port()).ask(target, "Last-Event-ID: " + std::string(id) + "\r\n");
  };
  const std::string third = "id: 3\ndata: {\"n\":3}\n\n";
  EXPECT_EQ(from("2", "/sse?events=3&interval_ms=0").body, third);
  EXPECT_EQ(from("3", "/sse?events=3").body, "");
  EXPECT_EQ(from("9", "/sse?events=3").failure, wire_failure::none);
  EXPECT_EQ(from("", "/sse?events=1").body, "id: 1\ndata: {\"n\":1}\n\n");
  EXPECT_EQ(bytes_of("/sse?events=4&interval_ms=0&break_after=1", "Last-Event-ID: 2\r\n"), "15\r\n" + third + "\r\n");
  EXPECT_EQ(from("2", "/sse?events=3&interval_ms=0&break_after=1").failure, wire_failure::none);
  const incoming refused = from("two", "/sse");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(json::parse(refused.body).at("error").at("details").at("field"), "Last-Event-ID");
}

TEST_F(MisbehaviourStream, SendsWhatIsNoEvent) {
  EXPECT_EQ(ask("/sse?events=2&interval_ms=1&retry_ms=20&comments=2").body,
            "retry: 20\n\n: still here\n\n: still here\n\nid: 1\ndata: {\"n\":1}\n\n"
            ": still here\n\n: still here\n\nid: 2\ndata: {\"n\":2}\n\n");
}

TEST_F(MisbehaviourStream, LeavesTheLastLineOpen) {
  EXPECT_EQ(ask("/ndjson?events=2&interval_ms=0&newline=0").body, "{\"n\":1}\n{\"n\":2}");
  EXPECT_EQ(ask("/ndjson?events=1&newline=0").body, "{\"n\":1}");
  EXPECT_EQ(bytes_of("/ndjson?events=2&interval_ms=0&newline=0&break_after=1"), "8\r\n{\"n\":1}\n\r\n");
}

TEST_F(MisbehaviourStream, StallsUntilTheClientLeaves) {
  raw_client client(upstream_.port());
  client.get("/stall?events=2");
  EXPECT_TRUE(client.read_until("{\"n\":2}\n\n\r\n").ends_with("data: {\"n\":2}\n\n\r\n"));
  EXPECT_FALSE(client.readable_within(std::chrono::milliseconds(20)));
  client.close();
  EXPECT_TRUE(test::eventually([&] { return upstream_.server().connections() == 0; }));
  raw_client silent(upstream_.port());
  silent.get("/stall?events=0");
  EXPECT_TRUE(silent.read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_F(MisbehaviourStream, SendsAnErrorInTheStream) {
  const std::string failed =
      R"({"error":{"message":"the model ran out of memory","code":"OOM","type":"server_error"}})";
  const incoming events = ask("/error-event?events=1");
  EXPECT_EQ(events.failure, wire_failure::none);
  EXPECT_EQ(events.body, "data: {\"n\":1}\n\ndata: " + failed + "\n\n");
  EXPECT_EQ(ask("/error-event?events=0&format=sse").body, "data: " + failed + "\n\n");
  const incoming lines = ask("/error-event?events=1&format=ndjson");
  EXPECT_EQ(lines.headers.get("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(lines.body, "{\"n\":1}\n" + failed + '\n');
}

TEST_F(MisbehaviourStream, SendsALongLine) {
  const incoming line = ask("/long-line?bytes=200001&format=ndjson");
  EXPECT_EQ(line.body.size(), 200'002U);
  EXPECT_EQ(json::parse(line.body).at("text").as_string().size(), 200'001U - 11);
  const incoming event = ask("/long-line?bytes=17");
  EXPECT_EQ(event.headers.get("Content-Type"), "text/event-stream");
  EXPECT_EQ(event.body, "data: {\"text\":\"\"}\n\n");
  EXPECT_EQ(ask("/long-line").body.size(), (1U << 20) + 2);
}

TEST_F(MisbehaviourStream, SendsWhatIsNotUtf8) {
  EXPECT_EQ(ask("/bad-utf8").body, "id: 1\ndata: {\"text\":\"caf\xE9 \xFF \xE2\x82\"}\n\n");
}

TEST_F(MisbehaviourStream, SendsABombThatTheClientRefuses) {
  const incoming answer = ask("/bomb");
  EXPECT_EQ(answer.failure, wire_failure::too_large);
  EXPECT_EQ(ask("/bomb?mib=2").body, std::string(2U << 20, '\0'));
  EXPECT_TRUE(test::eventually([&] { return upstream_.server().connections() == 0; }));
}

}  // namespace
}  // namespace enlace
