#include <algorithm>
#include <string>
#include <utility>

#include <boost/json/serialize.hpp>
#include <enlace/event_writer.hpp>
#include <enlace/json.hpp>

#include "server/gzip_bomb.hpp"
#include "server/misbehaviour.hpp"

namespace enlace {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::int64_t comments_most = 1000;
constexpr std::int64_t line_bytes_most = std::int64_t{1} << 30U;
constexpr std::size_t pour_bytes = 65'536;

std::string counted(std::int64_t n) { return json::serialize(object("n", n)); }

bool wants_ndjson(visit& v) { return v.given.word("format", {"sse", "ndjson"}) == "ndjson"; }

/// The event after which the client goes on, of a client that connects again; 0 for one that begins.
std::int64_t last_event_id(visit& v) {
  const std::string_view given = v.request.headers().get("Last-Event-ID").value_or("");
  return given.empty() ? 0 : v.given.integer_of("Last-Event-ID", given, 0, events_most);
}

/// Events without a pause; false when the client is gone.
template <class Writer>
asio::awaitable<bool> send_counted(Writer& writer, std::int64_t events) {
  bool there = true;
  for (std::int64_t n = 1; there && n <= events; ++n) {
    const std::string data = counted(n);
    there = co_await writer.send(data);
  }
  co_return there;
}

}  // namespace

asio::awaitable<void> serve_sse(visit& v) {
  const std::int64_t events = v.given.integer("events", 5, 0, events_most);
  const milliseconds interval = interval_of(v);
  const std::int64_t break_after = v.given.integer("break_after", events_most, 0, events_most);
  const std::int64_t retry_ms = v.given.integer("retry_ms", -1, 0, interval_most_ms);
  const std::int64_t comments = v.given.integer("comments", 0, 0, comments_most);
  const std::int64_t seen = last_event_id(v);
  if (v.given.fault()) co_return;
  sse_writer writer(v.out);
  bool there = co_await writer.start();
  if (there && retry_ms >= 0) there = co_await writer.retry(milliseconds(retry_ms));
  const std::int64_t last = seen + std::min(break_after, events - std::min(seen, events));
  for (std::int64_t n = seen + 1; there && n <= last; ++n) {
    if (n > seen + 1 && interval > milliseconds(0)) there = co_await v.out.wait(interval);
    for (std::int64_t i = 0; there && i < comments; ++i) {
      there = co_await writer.comment("still here");
      if (there && interval > milliseconds(0)) there = co_await v.out.wait(interval);
    }
    const std::string data = counted(n);
    if (there) there = co_await writer.send(data, "", std::to_string(n));
  }
  if (there && last >= events) co_await writer.finish();
}

asio::awaitable<void> serve_ndjson(visit& v) {
  const std::int64_t events = v.given.integer("events", 5, 0, events_most);
  const milliseconds interval = interval_of(v);
  const std::int64_t break_after = v.given.integer("break_after", events_most, 0, events_most);
  const bool newline = v.given.integer("newline", 1, 0, 1) == 1;
  if (v.given.fault()) co_return;
  ndjson_writer writer(v.out);
  bool there = co_await writer.start();
  const std::int64_t last = std::min(break_after, events);
  for (std::int64_t n = 1; there && n <= last; ++n) {
    if (n > 1 && interval > milliseconds(0)) there = co_await v.out.wait(interval);
    const std::string line = counted(n);
    if (there && (newline || n < events)) {
      there = co_await writer.send_line(line);
    } else if (there) {
      there = co_await v.out.write(line);
    }
  }
  if (there && last == events) co_await writer.finish();
}

asio::awaitable<void> serve_stall(visit& v) {
  const std::int64_t events = v.given.integer("events", 3, 0, events_most);
  if (v.given.fault()) co_return;
  sse_writer writer(v.out);
  bool there = co_await writer.start();
  if (there) there = co_await send_counted(writer, events);
  while (there) there = co_await v.out.wait(std::chrono::hours(1));
}

asio::awaitable<void> serve_error_event(visit& v) {
  const std::int64_t events = v.given.integer("events", 3, 0, events_most);
  const bool ndjson = wants_ndjson(v);
  if (v.given.fault()) co_return;
  const std::string failed = json::serialize(
      object("error", object("message", "the model ran out of memory", "code", "OOM", "type", "server_error")));
  if (ndjson) {
    ndjson_writer writer(v.out);
    bool there = true;
    for (std::int64_t n = 1; there && n <= events; ++n) there = co_await writer.send_line(counted(n));
    if (there) there = co_await writer.send_line(failed);
    if (there) co_await writer.finish();
    co_return;
  }
  sse_writer writer(v.out);
  bool there = co_await send_counted(writer, events);
  if (there) there = co_await writer.send(failed);
  if (there) co_await writer.finish();
}

asio::awaitable<void> serve_long_line(visit& v) {
  const std::string_view end = R"("})";
  const bool ndjson = wants_ndjson(v);
  const std::string head = std::string(ndjson ? "" : "data: ") + R"({"text":")";
  const auto around = static_cast<std::int64_t>(head.size() + end.size());
  std::int64_t left = v.given.integer("bytes", std::int64_t{1} << 20U, around, line_bytes_most) - around;
  if (v.given.fault()) co_return;
  const std::string text(pour_bytes, 'x');
  v.out.header("Cache-Control", "no-store");
  bool there = co_await v.out.start(200, ndjson ? "application/x-ndjson" : "text/event-stream");
  if (there) there = co_await v.out.write(head);
  // In pieces, so that it takes no memory.
  while (there && left > 0) {
    const std::string_view piece = std::string_view(text).substr(0, static_cast<std::size_t>(left));
    there = co_await v.out.write(piece);
    left -= static_cast<std::int64_t>(piece.size());
  }
  const std::string tail = std::string(end) + (ndjson ? "\n" : "\n\n");
  if (there) there = co_await v.out.write(tail);
  if (there) co_await v.out.finish();
}

asio::awaitable<void> serve_bad_utf8(visit& v) {
  sse_writer writer(v.out);
  // Latin-1, a byte that is never UTF-8, and a sequence that breaks off.
  const bool there = co_await writer.send("{\"text\":\"caf\xE9 \xFF \xE2\x82\"}", "", "1");
  if (there) co_await writer.finish();
}

asio::awaitable<void> serve_drip(visit& v) {
  const std::int64_t bytes = v.given.integer("bytes", 10, 0, std::int64_t{1} << 30U);
  const milliseconds interval = interval_of(v);
  if (v.given.fault()) co_return;
  const std::int64_t most = interval > milliseconds(0) ? 1 : static_cast<std::int64_t>(pour_bytes);
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
