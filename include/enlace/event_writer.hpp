// Module: server
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <enlace/json.hpp>
#include <enlace/responder.hpp>

namespace enlace {

/// Answers with server-sent events (the WHATWG HTML standard, 9.2): status 200, `text/event-stream`, `Cache-Control:
/// no-store`, `X-Accel-Buffering: no`. The first thing sent begins the answer and calls `cancel_on_hang_up`, so a
/// handler that waits for its next event ends with its client. An answer that the handler has begun itself is gone on
/// with as it is.
/// Each send is one write, and waits until the socket has taken all of it. False: the client is gone, and there is no
/// point in going on. Texts need only last until the call returns its awaitable. Await one before the next is called.
/// Belongs to the responder's loop, and must not outlive the responder.
class sse_writer {
 public:
  explicit sse_writer(responder& out) noexcept : out_(out) {}
  sse_writer(const sse_writer&) = delete;
  sse_writer& operator=(const sse_writer&) = delete;

  /// Sends the head at once, for a client that should not wait for it until the first event. Throws
  /// `std::logic_error` when the answer was already begun.
  boost::asio::awaitable<bool> start();
  /// Sends an event. Data of several lines (ended by LF, CRLF or CR) arrives with LF between them. An empty type or id
  /// sends none. Text should be UTF-8; it is sent as it is.
  /// Throws `std::invalid_argument` for a type or id with CR or LF, and for an id with NUL.
  boost::asio::awaitable<bool> send(std::string_view data, std::string_view type = {}, std::string_view id = {});
  /// Sends a comment, which clients ignore: a heartbeat for what lies between.
  boost::asio::awaitable<bool> comment(std::string_view text = {});
  /// Tells the client how long to wait before it connects again. Throws `std::invalid_argument` for less than zero.
  boost::asio::awaitable<bool> retry(std::chrono::milliseconds time);
  /// Ends the answer.
  boost::asio::awaitable<bool> finish();

 private:
  boost::asio::awaitable<bool> deliver();

  responder& out_;
  /// What is being sent; its memory is kept from one event to the next.
  std::string buffer_;
};

/// Answers with a JSON text a line: status 200, `application/x-ndjson`, `Cache-Control: no-store`. Otherwise as
/// `sse_writer`.
class ndjson_writer {
 public:
  explicit ndjson_writer(responder& out) noexcept : out_(out) {}
  ndjson_writer(const ndjson_writer&) = delete;
  ndjson_writer& operator=(const ndjson_writer&) = delete;

  /// Sends the head at once. Throws `std::logic_error` when the answer was already begun.
  boost::asio::awaitable<bool> start();
  boost::asio::awaitable<bool> send(const json::value& value);
  /// Sends a text that is JSON already; that is not looked into. Throws `std::invalid_argument` for one with CR or LF.
  boost::asio::awaitable<bool> send_line(std::string_view json_text);
  /// Ends the answer.
  boost::asio::awaitable<bool> finish();

 private:
  boost::asio::awaitable<bool> deliver();

  responder& out_;
  std::string buffer_;
};

}  // namespace enlace
