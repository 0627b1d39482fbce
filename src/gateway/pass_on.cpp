#include <algorithm>
#include <string>

#include <enlace/event_writer.hpp>
#include <enlace/pass_on.hpp>

namespace enlace {

namespace asio = boost::asio;

namespace {

std::string failure_document(const stream& from) {
  std::string text;
  append_json(text, object("error", from.ending().error().to_json()));
  return text;
}

asio::awaitable<bool> pass_on_events(stream& from, const stream_event* event, responder& to) {
  sse_writer out(to);
  bool there = true;
  while (there && event != nullptr) {
    const std::string_view type = event->type == "message" ? std::string_view() : event->type;
    there = co_await out.send(event->data, type, event->id);
    if (there) event = co_await from.next();
  }
  if (there && from.ended() != stream_end::finished) {
    const std::string document = failure_document(from);
    there = co_await out.send(document, "error");
  }
  if (there && from.saw_done()) there = co_await out.send("[DONE]");
  if (there) there = co_await out.finish();
  co_return there;
}

asio::awaitable<bool> pass_on_lines(stream& from, const stream_event* event, responder& to) {
  ndjson_writer out(to);
  std::string line;
  bool there = true;
  while (there && event != nullptr) {
    line.assign(event->data);
    // White space to JSON, but to some readers the end of a line.
    std::ranges::replace(line, '\r', ' ');
    there = co_await out.send_line(line);
    if (there) event = co_await from.next();
  }
  if (there && from.ended() != stream_end::finished) {
    const std::string document = failure_document(from);
    there = co_await out.send_line(document);
  }
  if (there) there = co_await out.finish();
  co_return there;
}

asio::awaitable<bool> pass_on_bytes(stream& from, const stream_event* event, responder& to) {
  const std::string type(from.headers().get("Content-Type").value_or(""));
  to.header("Cache-Control", "no-store");
  const std::string coding(from.headers().get("Content-Encoding").value_or(""));
  if (!coding.empty()) to.header("Content-Encoding", coding);
  bool there = co_await to.start(from.status(), type);
  while (there && event != nullptr) {
    there = co_await to.write(event->data);
    if (there) event = co_await from.next();
  }
  // Left unfinished, the answer breaks the connection, which is how the client learns of it.
  if (there && from.ended() == stream_end::finished) there = co_await to.finish();
  co_return there;
}

}  // namespace

asio::awaitable<bool> pass_on(stream& from, responder& to) {
  to.cancel_on_hang_up();
  const stream_event* first = co_await from.next();
  if (first == nullptr && from.ended() != stream_end::finished) {
    const error& failed = from.ending().error();
    co_await to.send_error(failed);
    co_return false;
  }
  bool there = false;
  if (from.format() == stream_format::sse) {
    there = co_await pass_on_events(from, first, to);
  } else if (from.format() == stream_format::ndjson) {
    there = co_await pass_on_lines(from, first, to);
  } else {
    there = co_await pass_on_bytes(from, first, to);
  }
  if (from.ended() != stream_end::finished) there = false;
  co_return there;
}

}  // namespace enlace
