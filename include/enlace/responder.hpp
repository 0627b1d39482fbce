// Module: server
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <enlace/clock.hpp>
#include <enlace/error.hpp>
#include <enlace/json.hpp>

namespace enlace {

class server_connection;

/// The answer to one request. A handler either sends it whole (`send`, `send_json`, `send_error`) or in pieces
/// (`start`, `write`..., `finish`), or misbehaves by hand (`write_raw`, `reset`). Each write waits until the socket has
/// taken all of it, so a slow client slows the handler down and nothing piles up. Writes give false when the client is
/// gone or the server gives up on it; there is no point in going on then.
/// An answer that is not complete when the handler returns breaks the connection, so that the client can tell.
/// Lives as long as the handler's coroutine, and belongs to its loop.
class responder {
 public:
  responder(server_connection& connection, bool head_only, bool http_1_1, bool keep_alive) noexcept;
  responder(const responder&) = delete;
  responder& operator=(const responder&) = delete;

  /// Adds a field to the head. `Content-Length`, `Transfer-Encoding` and `Date` are the server's own, and ignored;
  /// "Connection: close" is obeyed. Throws `std::invalid_argument` for a name that is no token or a value with control
  /// characters, `std::logic_error` once the head is sent.
  void header(std::string_view name, std::string_view value);

  /// Sends the whole answer. With HEAD, 204 and 304 the body stays here. An empty content type sends none.
  /// Throws `std::logic_error` when an answer was already begun, as the others that begin one do.
  boost::asio::awaitable<bool> send(int status, std::string_view content_type, std::string_view body);
  boost::asio::awaitable<bool> send_json(int status, const json::value& body);
  /// The standard error form, with the error's own status, and `Retry-After` where it has one.
  boost::asio::awaitable<bool> send_error(const error& failed);

  /// Sends the head. The body is `length` bytes long, or as long as it gets: chunked, or to the end of the connection
  /// for a client that speaks HTTP/1.0.
  boost::asio::awaitable<bool> start(int status, std::string_view content_type,
                                     std::optional<std::uint64_t> length = std::nullopt);
  /// Sends a piece of the body. Throws `std::logic_error` before `start` and for more bytes than were announced.
  boost::asio::awaitable<bool> write(std::string_view piece);
  boost::asio::awaitable<bool> finish();

  /// Sends bytes as they are, whatever state the answer is in; the connection ends with the handler.
  boost::asio::awaitable<bool> write_raw(std::string_view bytes);
  /// Breaks the connection at once: with RST over TCP, simply closed over a Unix socket.
  void reset() noexcept;

  /// Waits; false at once when the server gives up on the connection, and soon after the client has hung up.
  boost::asio::awaitable<bool> wait(duration time);

  /// From now until the handler returns, cancels the handler as soon as the client hangs up or the connection breaks in
  /// another way, whatever it waits for: an upstream, a timer, a write. A client that only ends its sending side counts
  /// as gone. Nothing is polled; the connection's socket is waited for. Once the client has sent more bytes, a
  /// pipelined request, the watch is over (with TLS the sweep goes on looking). Calling it again does nothing.
  void cancel_on_hang_up();

  /// Whether any byte of an answer may have been sent.
  [[nodiscard]] bool begun() const noexcept { return state_ != state::nothing; }
  [[nodiscard]] bool complete() const noexcept { return state_ == state::complete; }
  /// Whether the connection can serve another request.
  [[nodiscard]] bool reusable() const noexcept { return complete() && keep_alive_; }

 private:
  enum class state : std::uint8_t { nothing, sized, chunked, to_end, complete, broken };

  std::string head(int status, std::string_view content_type, std::optional<std::uint64_t> length);
  boost::asio::awaitable<bool> write_all(std::string bytes, state after);

  server_connection& connection_;
  std::string fields_;
  std::string chunk_;
  std::uint64_t left_ = 0;
  state state_ = state::nothing;
  bool head_only_;
  bool http_1_1_;
  bool keep_alive_;
  bool bodiless_ = false;
};

}  // namespace enlace
