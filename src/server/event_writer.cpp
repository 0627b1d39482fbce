#include <algorithm>
#include <stdexcept>

#include <enlace/event_writer.hpp>

namespace enlace {

namespace {

namespace asio = boost::asio;

/// Where the first line ends; npos: the text has no end of line. `find_first_of` takes several times as long.
std::size_t line_end(std::string_view text) noexcept {
  const auto* found = std::find_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; });
  return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

void check_one_line(std::string_view text, const char* fault) {
  if (line_end(text) != std::string_view::npos) throw std::invalid_argument(fault);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).push_back('\n');
}

/// A field for each line of the text; also for an empty one, and for the empty one behind a last line end.
void append_lines(std::string& out, std::string_view name, std::string_view text) {
  for (;;) {
    const std::size_t end = line_end(text);
    append_field(out, name, text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

asio::awaitable<bool> begin_stream(responder& out, const char* type) {
  out.header("Cache-Control", "no-store");
  out.cancel_on_hang_up();
  return out.start(200, type);
}

}  // namespace

asio::awaitable<bool> sse_writer::start() {
  // For nginx, which else holds events back until a buffer is full.
  out_.header("X-Accel-Buffering", "no");
  return begin_stream(out_, "text/event-stream");
}

asio::awaitable<bool> sse_writer::send(std::string_view data, std::string_view type, std::string_view id) {
  check_one_line(type, "the type of an event must not hold a line end");
  check_one_line(id, "the id of an event must not hold a line end");
  if (id.find('\0') != std::string_view::npos) throw std::invalid_argument("the id of an event must not hold NUL");
  buffer_.clear();
  if (!type.empty()) append_field(buffer_, "event", type);
  if (!id.empty()) append_field(buffer_, "id", id);
  append_lines(buffer_, "data", data);
  buffer_.push_back('\n');
  return deliver();
}

asio::awaitable<bool> sse_writer::comment(std::string_view text) {
  buffer_.clear();
  append_lines(buffer_, "", text);
  buffer_.push_back('\n');
  return deliver();
}

asio::awaitable<bool> sse_writer::retry(std::chrono::milliseconds time) {
  if (time < std::chrono::milliseconds::zero()) throw std::invalid_argument("a time to retry after is not negative");
  buffer_.clear();
  append_field(buffer_, "retry", std::to_string(time.count()));
  buffer_.push_back('\n');
  return deliver();
}

asio::awaitable<bool> sse_writer::finish() {
  bool there = true;
  if (!out_.begun()) there = co_await start();
  if (there) there = co_await out_.finish();
  co_return there;
}

asio::awaitable<bool> sse_writer::deliver() {
  bool there = true;
  if (!out_.begun()) there = co_await start();
  if (there) there = co_await out_.write(buffer_);
  co_return there;
}

asio::awaitable<bool> ndjson_writer::start() { return begin_stream(out_, "application/x-ndjson"); }

asio::awaitable<bool> ndjson_writer::send(const json::value& value) {
  buffer_.clear();
  append_json(buffer_, value);
  buffer_.push_back('\n');
  return deliver();
}

asio::awaitable<bool> ndjson_writer::send_line(std::string_view json_text) {
  check_one_line(json_text, "a JSON text of a stream of lines must not hold a line end");
  buffer_.assign(json_text).push_back('\n');
  return deliver();
}

asio::awaitable<bool> ndjson_writer::finish() {
  bool there = true;
  if (!out_.begun()) there = co_await start();
  if (there) there = co_await out_.finish();
  co_return there;
}

asio::awaitable<bool> ndjson_writer::deliver() {
  bool there = true;
  if (!out_.begun()) there = co_await start();
  if (there) there = co_await out_.write(buffer_);
  co_return there;
}

}  // namespace enlace
