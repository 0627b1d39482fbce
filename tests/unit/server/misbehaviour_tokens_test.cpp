#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

using test::raw_client;
using test::test_upstream;

constexpr std::string_view saying = "A smooth sea makes no sailors. ";

class MisbehaviourTokens : public testing::Test {
 protected:
  incoming ask(std::string_view target) { return raw_client(upstream_.port()).ask(target); }

  /// The values of the lines that begin so.
  static std::vector<json::value> values_of(std::string_view body, std::string_view begin) {
    std::vector<json::value> values;
    while (!body.empty()) {
      const std::string_view line = body.substr(0, body.find('\n'));
      body.remove_prefix(std::min(body.size(), line.size() + 1));
      if (line.starts_with(begin) && line != "data: [DONE]") {
        values.push_back(json::parse(line.substr(begin.size())));
      }
    }
    return values;
  }

  test_upstream upstream_;
};

TEST_F(MisbehaviourTokens, StreamsAChatCompletion) {
  const incoming answer = ask("/tokens?tokens=6&interval_ms=0");
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/event-stream");
  EXPECT_TRUE(answer.body.ends_with("\n\ndata: [DONE]\n\n"));
  EXPECT_EQ(answer.body.find("event:"), std::string::npos);
  std::string text;
  std::string finish;
  std::int64_t used = 0;
  for (const json::value& chunk : values_of(answer.body, "data: ")) {
    EXPECT_EQ(chunk.at("object"), "chat.completion.chunk");
    for (const json::value& choice : chunk.at("choices").as_array()) {
      const json::object& delta = choice.at("delta").as_object();
      if (delta.contains("content")) text += delta.at("content").as_string();
      if (choice.at("finish_reason").is_string()) finish = choice.at("finish_reason").as_string();
    }
    if (chunk.at("usage").is_object()) used = chunk.at("usage").at("completion_tokens").as_int64();
  }
  EXPECT_EQ(text, saying);
  EXPECT_EQ(finish, "stop");
  EXPECT_EQ(used, 6);
  EXPECT_EQ(ask("/tokens?tokens=6&interval_ms=0&format=openai").body, answer.body);
}

TEST_F(MisbehaviourTokens, StreamsAResponse) {
  const incoming answer = ask("/tokens?tokens=6&interval_ms=0&format=responses");
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/event-stream");
  const std::vector<json::value> events = values_of(answer.body, "data: ");
  ASSERT_EQ(events.size(), 8U);
  std::string_view rest = answer.body;
  std::string text;
  std::int64_t sequence = 0;
  for (const json::value& event : events) {
    const std::string type(event.at("type").as_string());
    EXPECT_TRUE(rest.starts_with("event: " + type + "\ndata: "));
    rest.remove_prefix(rest.find("\n\n") + 2);
    EXPECT_EQ(event.at("sequence_number"), sequence++);
    if (type == "response.output_text.delta") text += event.at("delta").as_string();
  }
  EXPECT_EQ(text, saying);
  EXPECT_EQ(events.front().at("type"), "response.created");
  EXPECT_EQ(events.front().at("response").at("status"), "in_progress");
  const json::value& last = events.back().at("response");
  EXPECT_EQ(events.back().at("type"), "response.completed");
  EXPECT_EQ(last.at("status"), "completed");
  EXPECT_EQ(last.at("usage").at("output_tokens"), 6);
  EXPECT_EQ(last.at("usage").at("total_tokens"), 7);
  EXPECT_EQ(last.at("output").at(0).at("content").at(0).at("text").as_string(), saying);
}

TEST_F(MisbehaviourTokens, StreamsAsOllamaDoes) {
  for (const bool chat : {false, true}) {
    const incoming answer = ask(std::string("/tokens?tokens=6&interval_ms=0&format=ollama") + (chat ? "-chat" : ""));
    EXPECT_EQ(answer.headers.get("Content-Type"), "application/x-ndjson");
    const std::vector<json::value> lines = values_of(answer.body, "");
    ASSERT_EQ(lines.size(), 7U);
    std::string text;
    for (const json::value& line : lines) {
      EXPECT_EQ(line.at("model"), "bad-upstream");
      EXPECT_TRUE(line.at("created_at").is_string());
      EXPECT_EQ(line.at("done"), &line == &lines.back());
      EXPECT_EQ(line.as_object().contains("message"), chat);
      if (chat) {
        EXPECT_EQ(line.at("message").at("role"), "assistant");
      }
      text += chat ? line.at("message").at("content").as_string() : line.at("response").as_string();
    }
    EXPECT_EQ(text, saying);
    EXPECT_EQ(lines.back().at("done_reason"), "stop");
    EXPECT_EQ(lines.back().at("prompt_eval_count"), 1);
    EXPECT_EQ(lines.back().at("eval_count"), 6);
  }
}

TEST_F(MisbehaviourTokens, BreaksOffAfterSomeTokens) {
  const struct {
    const char* format;
    const char* token;
  } forms[] = {{"openai", "\"delta\":{\"content\":\""},
               {"responses", "\"delta\":\""},
               {"ollama", "\"response\":\""},
               {"ollama-chat", "\"content\":\""}};
  for (const auto& form : forms) {
    const std::string target = "/tokens?tokens=3&interval_ms=0&format=" + std::string(form.format) + "&break_after=";
    for (const int after : {0, 2, 3}) {
      raw_client client(upstream_.port());
      client.get(target + std::to_string(after));
      std::string all;
      EXPECT_EQ(client.read_to_end(all), raw_client::ending::closed);
      EXPECT_TRUE(all.starts_with("HTTP/1.1 200 ")) << all;
      EXPECT_FALSE(all.ends_with("\r\n0\r\n\r\n")) << all;
      int tokens = 0;
      for (std::size_t at = 0; (at = all.find(form.token, at)) != std::string::npos; ++at) ++tokens;
      EXPECT_EQ(tokens, after) << all;
    }
    EXPECT_EQ(ask(target + "4").failure, wire_failure::none);
  }
}

}  // namespace
}  // namespace enlace
