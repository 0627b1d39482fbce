// A model's answer, token by token, in the forms of several servers.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <boost/json/serialize.hpp>
#include <enlace/event_writer.hpp>
#include <enlace/json.hpp>

#include "server/misbehaviour.hpp"

namespace enlace {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::string_view model = "bad-upstream";

/// Word after word of a saying, over and over.
std::string token(std::int64_t n) {
  static constexpr std::array<std::string_view, 6> words = {"A ", "smooth ", "sea ", "makes ", "no ", "sailors. "};
  return std::string(words[static_cast<std::size_t>(n - 1) % words.size()]);
}

std::string all_tokens(std::int64_t count) {
  std::string text;
  for (std::int64_t n = 1; n <= count; ++n) text += token(n);
  return text;
}

/// What the visitor asked for.
struct token_stream {
  std::int64_t tokens;
  milliseconds interval;
  std::int64_t break_after;

  /// How many tokens are sent.
  [[nodiscard]] std::int64_t last() const noexcept { return std::min(tokens, break_after); }
  /// Whether the end comes after them: also a stream that breaks after its last token breaks.
  [[nodiscard]] bool ends() const noexcept { return break_after > tokens; }
};

/// One element of the stream of a chat completion.
std::string chat_chunk(json::array choices, json::value usage) {
  return json::serialize(object("id", "chatcmpl-1", "object", "chat.completion.chunk", "created", 0, "model", model,
                                "choices", std::move(choices), "usage", std::move(usage)));
}

std::string chat_chunk(json::object delta, json::value finish_reason) {
  json::object choice = object("index", 0, "delta", std::move(delta), "finish_reason", std::move(finish_reason));
  return chat_chunk(array(std::move(choice)), nullptr);
}

asio::awaitable<void> stream_openai(visit& v, const token_stream& wanted) {
  sse_writer writer(v.out);
  std::string data = chat_chunk(object("role", "assistant", "content", ""), nullptr);
  bool there = co_await writer.send(data);
  for (std::int64_t n = 1; there && n <= wanted.last(); ++n) {
    if (wanted.interval > milliseconds(0)) there = co_await v.out.wait(wanted.interval);
    data = chat_chunk(object("content", token(n)), nullptr);
    if (there) there = co_await writer.send(data);
  }
  if (!there || !wanted.ends()) co_return;
  data = chat_chunk(object(), "stop");
  there = co_await writer.send(data);
  data = chat_chunk(json::array(),
                    object("prompt_tokens", 1, "completion_tokens", wanted.tokens, "total_tokens", wanted.tokens + 1));
  if (there) there = co_await writer.send(data);
  if (there) there = co_await writer.send("[DONE]");
  if (there) co_await writer.finish();
}

std::string response_event(std::string_view type, std::int64_t sequence, json::object response) {
  return json::serialize(object("type", type, "sequence_number", sequence, "response", std::move(response)));
}

json::object response_state(std::string_view status, json::array output, json::value usage) {
  return object("id", "resp_1", "object", "response", "created_at", 0, "status", status, "model", model, "output",
                std::move(output), "usage", std::move(usage));
}

std::string response_delta(std::int64_t n) {
  return json::serialize(object("type", "response.output_text.delta", "sequence_number", n, "item_id", "msg_1",
                                "output_index", 0, "content_index", 0, "delta", token(n)));
}

std::string response_completed(std::int64_t tokens) {
  json::object part = object("type", "output_text", "text", all_tokens(tokens), "annotations", json::array());
  json::object message = object("type", "message", "id", "msg_1", "status", "completed", "role", "assistant", "content",
                                array(std::move(part)));
  json::object usage = object("input_tokens", 1, "output_tokens", tokens, "total_tokens", tokens + 1);
  return response_event("response.completed", tokens + 1,
                        response_state("completed", array(std::move(message)), std::move(usage)));
}

asio::awaitable<void> stream_responses(visit& v, const token_stream& wanted) {
  sse_writer writer(v.out);
  std::string data = response_event("response.created", 0, response_state("in_progress", json::array(), nullptr));
  bool there = co_await writer.send(data, "response.created");
  for (std::int64_t n = 1; there && n <= wanted.last(); ++n) {
    if (wanted.interval > milliseconds(0)) there = co_await v.out.wait(wanted.interval);
    data = response_delta(n);
    if (there) there = co_await writer.send(data, "response.output_text.delta");
  }
  if (!there || !wanted.ends()) co_return;
  data = response_completed(wanted.tokens);
  there = co_await writer.send(data, "response.completed");
  if (there) co_await writer.finish();
}

/// A line of `/api/generate`, or of `/api/chat`.
json::object ollama_line(bool chat, std::string_view text, bool done) {
  json::object line = object("model", model, "created_at", "1970-01-01T00:00:00Z");
  if (chat) {
    line["message"] = object("role", "assistant", "content", text);
  } else {
    line["response"] = text;
  }
  line["done"] = done;
  return line;
}

asio::awaitable<void> stream_ollama(visit& v, const token_stream& wanted, bool chat) {
  ndjson_writer writer(v.out);
  bool there = co_await writer.start();
  for (std::int64_t n = 1; there && n <= wanted.last(); ++n) {
    if (n > 1 && wanted.interval > milliseconds(0)) there = co_await v.out.wait(wanted.interval);
    const json::value line = ollama_line(chat, token(n), false);
    if (there) there = co_await writer.send(line);
  }
  if (!there || !wanted.ends()) co_return;
  json::object last = ollama_line(chat, "", true);
  last["done_reason"] = "stop";
  last["prompt_eval_count"] = 1;
  last["eval_count"] = wanted.tokens;
  const json::value line = std::move(last);
  there = co_await writer.send(line);
  if (there) co_await writer.finish();
}

}  // namespace

asio::awaitable<void> serve_tokens(visit& v) {
  const token_stream wanted{v.given.integer("tokens", 12, 0, events_most), interval_of(v),
                            v.given.integer("break_after", events_most + 1, 0, events_most)};
  const std::string format = v.given.word("format", {"openai", "responses", "ollama", "ollama-chat"});
  if (v.given.fault()) co_return;
  if (format == "openai") {
    co_await stream_openai(v, wanted);
  } else if (format == "responses") {
    co_await stream_responses(v, wanted);
  } else {
    co_await stream_ollama(v, wanted, format == "ollama-chat");
  }
}

}  // namespace enlace
