// Module: server
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <enlace/clock.hpp>
#include <enlace/responder.hpp>
#include <enlace/server_request.hpp>

namespace boost::asio::ssl {
class context;
}

namespace enlace {

class server_core;

/// What a server allows its clients. Construction-time options only.
struct server_options {
  /// Connections at once. Further clients wait in the system's listen queue until one ends. At least 1.
  std::size_t max_connections = 10'000;
  /// Request line and fields of a request; past it, 431.
  std::uint32_t max_head_bytes = 64U << 10;
  /// Body of a request; past it, 413. It is held in memory.
  std::uint64_t max_body_bytes = 32ULL << 20;
  /// For a request to come in, from its first byte to its last, and for a TLS handshake; past it, the connection is
  /// closed. More than zero.
  duration request_timeout = std::chrono::seconds(30);
  /// For a connection without a request, and for a client that takes nothing of its answer. More than zero.
  duration idle_timeout = std::chrono::seconds(60);
  /// How long `stop` lets requests go on that are being answered. Zero: not at all.
  duration stop_grace = std::chrono::seconds(5);
  /// Certificate, key and settings with which to speak TLS; null: plain HTTP.
  std::shared_ptr<boost::asio::ssl::context> tls;
};

/// A small HTTP/1.1 server: keep-alive, pipelining, chunked answers, TLS, Unix sockets. It is what the admin endpoint,
/// the demo and the examples stand on; it has no routes, no compression and no HTTP/2.
///
/// It lives on its caller's executor, which must not run two things at once: a loop with one thread, or a strand.
/// Handlers run there, under the context of their request (`inbound_context`), one coroutine a connection.
/// All time limits are looked after by one sweep, 20 times a second.
class http_server {
 public:
  /// Answers one request. It is kept until the last connection has ended, which may be after the server's destruction:
  /// what it uses it must own. An exception that it lets out becomes a 500, or breaks an answer already begun.
  /// Cancellation reaches it when the server gives up on it.
  using handler = std::function<boost::asio::awaitable<void>(const server_request&, responder&)>;

  /// Listens, from now on. `address` is an IP address or "localhost", or "unix:" and the path of a socket; `port` 0
  /// takes a free one. Throws `failure` (CONFIGURATION_ERROR) when it can't listen there, or for an option that can't
  /// work.
  http_server(const boost::asio::any_io_executor& executor, std::string_view address, std::uint16_t port,
              handler answer);
  http_server(const boost::asio::any_io_executor& executor, std::string_view address, std::uint16_t port,
              handler answer, const server_options& options);
  /// Breaks what is in flight, as soon as the loop runs. The executor's loop must still be there.
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// The port it listens on; 0 for a Unix socket.
  [[nodiscard]] std::uint16_t port() const noexcept;
  /// "http://127.0.0.1:8080", "https://...", "http+unix://%2Frun%2Fmodel.sock": what a target is appended to.
  [[nodiscard]] const std::string& url() const noexcept;
  /// How many connections are open. From any thread.
  [[nodiscard]] std::size_t connections() const noexcept;

  /// Takes no more connections and closes the idle ones; requests in flight get `stop_grace` to end, and are cancelled
  /// then. Once all is over, the server keeps no loop busy any more. From any thread, any number of times.
  void stop();

 private:
  std::shared_ptr<server_core> core_;
};

}  // namespace enlace
