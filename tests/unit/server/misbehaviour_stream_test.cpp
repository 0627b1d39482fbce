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

TEST_F(MisbehaviourStream, StreamsTokensAsAChatCompletion) {
  const incoming answer = ask("/tokens?tokens=6&interval_ms=0");
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/event-stream");
  std::string text;
  std::string finish;
  std::int64_t used = 0;
  std::string_view rest = answer.body;
  while (!rest.starts_with("data: [DONE]\n\n")) {
    ASSERT_TRUE(rest.starts_with("data: ")) << rest;
    const std::size_t end = rest.find("\n\n");
    ASSERT_NE(end, std::string_view::npos);
    const json::value chunk = json::parse(rest.substr(6, end - 6));
    rest.remove_prefix(end + 2);
    EXPECT_EQ(chunk.at("object"), "chat.completion.chunk");
    for (const json::value& choice : chunk.at("choices").as_array()) {
      const json::object& delta = choice.at("delta").as_object();
      if (delta.contains("content")) text += delta.at("content").as_string();
      if (choice.at("finish_reason").is_string()) finish = choice.at("finish_reason").as_string();
    }
    if (chunk.at("usage").is_object()) used = chunk.at("usage").at("completion_tokens").as_int64();
  }
  EXPECT_EQ(rest, "data: [DONE]\n\n");
  EXPECT_EQ(text, "A smooth sea makes no sailors. ");
  EXPECT_EQ(finish, "stop");
  EXPECT_EQ(used, 6);
}

TEST_F(MisbehaviourStream, SendsABombThatTheClientRefuses) {
  const incoming answer = ask("/bomb");
  EXPECT_EQ(answer.failure, wire_failure::too_large);
  EXPECT_EQ(ask("/bomb?mib=2").body, std::string(2U << 20, '\0'));
  EXPECT_TRUE(test::eventually([&] { return upstream_.server().connections() == 0; }));
}

}  // namespace
}  // namespace enlace
