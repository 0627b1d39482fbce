#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <enlace/clock.hpp>
#include <enlace/server_request.hpp>

#include "codec/request_reader.hpp"

namespace enlace {

class responder;
class server_core;

/// One client of a server: reads its requests one after another and has them answered. Owned by its coroutine's
/// completion handler; registered with the core as long as it lives. Belongs to the server's loop.
class server_connection : public std::enable_shared_from_this<server_connection> {
 public:
  using socket = boost::asio::generic::stream_protocol::socket;

  server_connection(std::shared_ptr<server_core> core, socket client);
  ~server_connection();
  server_connection(const server_connection&) = delete;
  server_connection& operator=(const server_connection&) = delete;

  /// Spawns the coroutine that serves the client.
  void start();

  /// For the responder.
  boost::asio::awaitable<bool> write_all(std::string_view bytes);
  boost::asio::awaitable<bool> wait(duration time);
  void reset() noexcept;
  /// Gives up as soon as the client hangs up, until the handler returns. Any number of times.
  void watch();
  [[nodiscard]] bool gone() const noexcept { return !socket_.is_open(); }
  [[nodiscard]] bool stopping() const noexcept;
  [[nodiscard]] std::string_view date() const;

  /// For the core: whether no request is under way, and when this connection's patience ends.
  [[nodiscard]] bool idle() const noexcept { return idle_; }
  [[nodiscard]] time_point due() const noexcept { return due_; }
  void close() noexcept;
  /// Closes, and cancels the handler.
  void give_up();
  /// Whether unread bytes hide from the watch what the client does, so that the sweep must look.
  [[nodiscard]] bool crowded() const noexcept { return watched_ && crowded_; }
  /// Gives up when the client has hung up.
  void look();

  /// The core's place for this connection in its list.
  std::size_t index = 0;

 private:
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<bool> shake_hands();
  boost::asio::awaitable<bool> read_request();
  boost::asio::awaitable<bool> fill();
  boost::asio::awaitable<bool> serve_request();
  boost::asio::awaitable<void> answer(const server_request& request, responder& out);
  boost::asio::awaitable<void> part();
  [[nodiscard]] bool hung_up() noexcept;

  std::shared_ptr<server_core> core_;
  socket socket_;
  std::unique_ptr<boost::asio::ssl::stream<socket&>> tls_;
  boost::asio::cancellation_signal cancel_;
  request_reader reader_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  time_point due_ = time_point::max();
  bool idle_ = false;
  /// The handler asked to be cancelled when the client hangs up.
  bool watched_ = false;
  /// A wait for the socket is under way, perhaps still on behalf of an earlier request.
  bool waiting_ = false;
  bool crowded_ = false;
};

}  // namespace enlace
