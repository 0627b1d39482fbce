#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <boost/json/serialize.hpp>
#include <enlace/json.hpp>

#include "server/gzip_bomb.hpp"
#include "server/misbehaviour.hpp"

namespace enlace {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::int64_t interval_most_ms = 60'000;
constexpr std::int64_t events_most = 1'000'000;
constexpr std::string_view event_stream = "text/event-stream";

milliseconds interval_of(visit& v) { return milliseconds(v.given.integer("interval_ms", 100, 0, interval_most_ms)); }

std::string counted(std::int64_t n) { return json::serialize(object("n", n)); }

std::string sse_event(std::int64_t n) { return "id: " + std::to_string(n) + "\ndata: " + counted(n) + "\n\n"; }

std::string ndjson_line(std::int64_t n) { return counted(n) + '\n'; }

/// One element of the stream of a chat completion.
std::string token_event(json::array choices, json::value usage) {
  const json::object chunk = object("id", "chatcmpl-1", "object", "chat.completion.chunk", "created", 0, "model",
                                    "bad-upstream", "choices", std::move(choices), "usage", std::move(usage));
  return "data: " + json::serialize(chunk) + "\n\n";
}

std::string token_event(json::object delta, json::value finish_reason) {
  json::object choice = object("index", 0, "delta", std::move(delta), "finish_reason", std::move(finish_reason));
  return token_event(array(std::move(choice)), nullptr);
}

/// Word after word of a saying, over and over.
std::string token(std::int64_t n) {
  static constexpr std::array<std::string_view, 6> words = {"A ", "smooth ", "sea ", "makes ", "no ", "sailors. "};
  return std::string(words[static_cast<std::size_t>(n - 1) % words.size()]);
}

std::string last_tokens(std::int64_t count) {
  json::object usage = object("prompt_tokens", 1, "completion_tokens", count, "total_tokens", count + 1);
  return token_event(object(), "stop") + token_event(json::array(), std::move(usage)) + "data: [DONE]\n\n";
}

/// The same body, counted up, for every stream of events.
asio::awaitable<void> serve_events(visit& v, std::string_view content_type, std::string (*element)(std::int64_t)) {
  const std::int64_t events = v.given.integer("events", 5, 0, events_most);
  const milliseconds interval = interval_of(v);
  if (v.given.fault()) co_return;
  v.out.header("Cache-Control", "no-store");
  bool there = co_await v.out.start(200, content_type);
  for (std::int64_t n = 1; there && n <= events; ++n) {
    if (n > 1 && interval > milliseconds(0)) there = co_await v.out.wait(interval);
    const std::string piece = element(n);
    if (there) there = co_await v.out.write(piece);
  }
  if (there) co_await v.out.finish();
}

}  // namespace

asio::awaitable<void> serve_sse(visit& v) { return serve_events(v, event_stream, sse_event); }

asio::awaitable<void> serve_ndjson(visit& v) { return serve_events(v, "application/x-ndjson", ndjson_line); }

asio::awaitable<void> serve_tokens(visit& v) {
  const std::int64_t tokens = v.given.integer("tokens", 12, 0, events_most);
  const milliseconds interval = interval_of(v);
  if (v.given.fault()) co_return;
  v.out.header("Cache-Control", "no-store");
  bool there = co_await v.out.start(200, event_stream);
  std::string piece = token_event(object("role", "assistant", "content", ""), nullptr);
  if (there) there = co_await v.out.write(piece);
  for (std::int64_t n = 1; there && n <= tokens; ++n) {
    if (interval > milliseconds(0)) there = co_await v.out.wait(interval);
    piece = token_event(object("content", token(n)), nullptr);
    if (there) there = co_await v.out.write(piece);
  }
  piece = last_tokens(tokens);
  if (there) there = co_await v.out.write(piece);
  if (there) co_await v.out.finish();
}

asio::awaitable<void> serve_drip(visit& v) {
  const std::int64_t bytes = v.given.integer("bytes", 10, 0, std::int64_t{1} << 30U);
  const milliseconds interval = interval_of(v);
  if (v.given.fault()) co_return;
  const std::int64_t most = interval > milliseconds(0) ? 1 : 65'536;
  const std::string text(static_cast<std::size_t>(std::min(most, bytes)), 'x');
  bool there = co_await v.out.start(200, "text/plain", static_cast<std::uint64_t>(bytes));
  for (std::int64_t left = bytes; there && left > 0;) {
    const std::string_view piece = std::string_view(text).substr(0, static_cast<std::size_t>(std::min(most, left)));
    there = co_await v.out.write(piece);
    left -= static_cast<std::int64_t>(piece.size());
    if (there && left > 0 && interval > milliseconds(0)) there = co_await v.out.wait(interval);
  }
  if (there) co_await v.out.finish();
}

asio::awaitable<void> serve_bomb(visit& v) {
  const std::int64_t mib = v.given.integer("mib", 4096, 1, 65'536);
  if (v.given.fault()) co_return;
  v.out.header("Content-Encoding", "gzip");
  bool there = co_await v.out.start(200, "application/json");
  gzip_bomb bomb(static_cast<std::uint64_t>(mib));
  for (std::string piece = bomb.next(); there && !piece.empty(); piece = bomb.next()) {
    there = co_await v.out.write(piece);
  }
  if (there) co_await v.out.finish();
}

}  // namespace enlace
