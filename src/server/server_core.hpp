#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <enlace/server.hpp>

namespace enlace {

class server_connection;

/// Errors as values, and no exceptions.
constexpr auto as_value = boost::asio::as_tuple(boost::asio::deferred);

inline time_point now() noexcept { return std::chrono::steady_clock::now(); }

/// What a server's connections share: the listening socket, the handler, the sweep that looks after all time limits.
/// Kept by the server, the accepting coroutine and every connection. Belongs to the server's loop.
class server_core : public std::enable_shared_from_this<server_core> {
 public:
  server_core(const boost::asio::any_io_executor& executor, http_server::handler answer, const server_options& options);
  ~server_core();
  server_core(const server_core&) = delete;
  server_core& operator=(const server_core&) = delete;

  /// Throws `failure`.
  void listen(std::string_view address, std::uint16_t port);
  void start();
  void stop();
  /// `stop` without grace.
  void abandon();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] const std::string& url() const noexcept { return url_; }
  /// From any thread.
  [[nodiscard]] std::size_t connections() const noexcept { return open_.load(std::memory_order_relaxed); }
  [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
  [[nodiscard]] const http_server::handler& handler() const noexcept { return handler_; }
  [[nodiscard]] const server_options& options() const noexcept { return options_; }
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  /// The value of the Date header, made once a second.
  [[nodiscard]] std::string_view date();

  void add(server_connection& connection);
  void remove(server_connection& connection) noexcept;

 private:
  using listener = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

  void listen_tcp(std::string_view address, std::uint16_t port);
  void listen_unix(std::string_view path);
  void remove_socket_file() noexcept;
  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> pause(duration time);
  void arm_sweep();
  void sweep();

  boost::asio::any_io_executor executor_;
  http_server::handler handler_;
  server_options options_;
  listener listener_;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer sweep_;
  bool sweep_armed_ = false;
  bool stopping_ = false;
  time_point grace_ends_ = time_point::max();
  std::uint16_t port_ = 0;
  std::string url_;
  std::string socket_file_;
  std::vector<server_connection*> clients_;
  std::atomic<std::size_t> open_ = 0;
  std::string date_;
  std::int64_t date_second_ = -1;
};

}  // namespace enlace
