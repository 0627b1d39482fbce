#include <chrono>
#include <cmath>
#include <stdexcept>

#include <boost/json/serialize.hpp>
#include <enlace/headers.hpp>
#include <enlace/responder.hpp>

#include "message/status_text.hpp"
#include "server/error_document.hpp"
#include "server/server_connection.hpp"

namespace enlace {

namespace {

constexpr std::string_view json_type = "application/json";

bool never_has_body(int status) noexcept { return status < 200 || status == 204 || status == 304; }

/// `out` becomes the chunk, and keeps its memory from one to the next.
void frame_chunk(std::string& out, std::string_view piece) {
  static constexpr std::string_view digits = "0123456789abcdef";
  out.clear();
  for (std::size_t left = piece.size(); left != 0; left >>= 4U) out.insert(out.begin(), digits[left & 15U]);
  out.reserve(out.size() + piece.size() + 4);
  out.append("\r\n").append(piece).append("\r\n");
}

}  // namespace

responder::responder(server_connection& connection, bool head_only, bool http_1_1, bool keep_alive) noexcept
    : connection_(connection), head_only_(head_only), http_1_1_(http_1_1), keep_alive_(keep_alive) {}

void responder::header(std::string_view name, std::string_view value) {
  if (begun()) throw std::logic_error("the head of the answer is already sent");
  if (!is_token(name) || !is_header_value(value)) throw std::invalid_argument("not a header field");
  for (const std::string_view ours : {"Content-Length", "Transfer-Encoding", "Date"}) {
    if (equals_ignoring_case(name, ours)) return;
  }
  if (equals_ignoring_case(name, "Connection")) {
    if (equals_ignoring_case(value, "close")) keep_alive_ = false;
    return;
  }
  fields_.append(name).append(": ").append(value).append("\r\n");
}

std::string responder::head(int status, std::string_view content_type, std::optional<std::uint64_t> length) {
  if (begun()) throw std::logic_error("the head of the answer is already sent");
  if (status < 100 || status > 999) throw std::invalid_argument("not an HTTP status");
  if (!is_header_value(content_type)) throw std::invalid_argument("not a content type");
  const bool no_body = never_has_body(status);
  bodiless_ = no_body || head_only_;
  if (connection_.stopping() || (!length && !http_1_1_ && !bodiless_)) keep_alive_ = false;

  std::string text = "HTTP/1.1 " + std::to_string(status) + ' ';
  text.append(reason_phrase(status)).append("\r\nDate: ").append(connection_.date()).append("\r\n");
  if (!content_type.empty() && !no_body) text.append("Content-Type: ").append(content_type).append("\r\n");
  text.append(fields_);
  if (!no_body) {
    if (length) {
      text.append("Content-Length: ").append(std::to_string(*length)).append("\r\n");
    } else if (http_1_1_) {
      text.append("Transfer-Encoding: chunked\r\n");
    }
  }
  if (!keep_alive_) {
    text.append("Connection: close\r\n");
  } else if (!http_1_1_) {
    text.append("Connection: keep-alive\r\n");
  }
  return text.append("\r\n");
}

boost::asio::awaitable<bool> responder::send(int status, std::string_view content_type, std::string_view body) {
  std::string bytes = head(status, content_type, body.size());
  if (!bodiless_) bytes.append(body);
  return write_all(std::move(bytes), state::complete);
}

boost::asio::awaitable<bool> responder::send_json(int status, const json::value& body) {
  std::string text;
  append_json(text, body);
  return send(status, json_type, text);
}

boost::asio::awaitable<bool> responder::send_error(const error& failed) {
  if (failed.retry_after) {
    const double seconds = std::ceil(failed.retry_after->count());
    header("Retry-After", std::to_string(static_cast<std::int64_t>(seconds)));
  }
  if (failed.timestamp != wall_time()) return send_json(failed.status, error_document(failed));
  error dated = failed;
  dated.timestamp = std::chrono::system_clock::now();
  return send_json(dated.status, error_document(dated));
}

boost::asio::awaitable<bool> responder::start(int status, std::string_view content_type,
                                              std::optional<std::uint64_t> length) {
  std::string bytes = head(status, content_type, length);
  left_ = length.value_or(0);
  const state open = length ? state::sized : http_1_1_ ? state::chunked : state::to_end;
  return write_all(std::move(bytes), open);
}

boost::asio::awaitable<bool> responder::write(std::string_view piece) {
  const state was = state_;
  if (was == state::broken) co_return false;
  if (was != state::sized && was != state::chunked && was != state::to_end) {
    throw std::logic_error("no answer has been started");
  }
  if (was == state::sized) {
    if (piece.size() > left_) throw std::logic_error("more bytes than the answer has announced");
    left_ -= piece.size();
  }
  if (piece.empty() || bodiless_) co_return !connection_.gone();
  if (was == state::chunked) {
    frame_chunk(chunk_, piece);
    piece = chunk_;
  }
  // Broken until the last byte is out, however this coroutine ends.
  state_ = state::broken;
  const bool sent = co_await connection_.write_all(piece);
  if (sent) state_ = was;
  co_return sent;
}

boost::asio::awaitable<bool> responder::finish() {
  const state was = state_;
  if (was == state::nothing) throw std::logic_error("no answer has been started");
  if (was == state::sized && left_ != 0 && !bodiless_) state_ = state::broken;
  if (state_ == state::broken) co_return false;
  if (was == state::chunked && !bodiless_) co_return co_await write_all("0\r\n\r\n", state::complete);
  state_ = state::complete;
  co_return true;
}

boost::asio::awaitable<bool> responder::write_raw(std::string_view bytes) {
  state_ = state::broken;
  return connection_.write_all(bytes);
}

void responder::reset() noexcept {
  state_ = state::broken;
  connection_.reset();
}

void responder::cancel_on_hang_up() { connection_.watch(); }

boost::asio::awaitable<bool> responder::wait(duration time) { return connection_.wait(time); }

boost::asio::awaitable<bool> responder::write_all(std::string bytes, state after) {
  // Broken until the last byte is out, however this coroutine ends.
  state_ = state::broken;
  const bool sent = co_await connection_.write_all(bytes);
  if (sent) state_ = after;
  co_return sent;
}

}  // namespace enlace
