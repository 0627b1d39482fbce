#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <enlace/server.hpp>

#include "server/bad_upstream.hpp"

namespace enlace::test {

/// A server on a loop and thread of its own, on a free port of 127.0.0.1 unless told otherwise.
class test_server {
 public:
  explicit test_server(http_server::handler answer, const server_options& options = {},
                       std::string_view address = "127.0.0.1") {
    server_.emplace(loop_.get_executor(), address, std::uint16_t{0}, std::move(answer), options);
    thread_ = std::thread([this] { loop_.run(); });
  }
  test_server(const test_server&) = delete;
  test_server& operator=(const test_server&) = delete;
  /// Breaks what is in flight, and waits until the loop has nothing left.
  ~test_server() {
    server_.reset();
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return server_->port(); }
  /// "http://127.0.0.1:4711" and the target.
  [[nodiscard]] std::string url(std::string_view target = "") const { return server_->url() + std::string(target); }
  [[nodiscard]] http_server& server() noexcept { return *server_; }
  [[nodiscard]] boost::asio::io_context& loop() noexcept { return loop_; }
  /// Stops gracefully, and waits until the loop has nothing left.
  void stop() {
    server_->stop();
    thread_.join();
    thread_ = std::thread([] {});
  }

 private:
  boost::asio::io_context loop_{1};
  std::optional<http_server> server_;
  std::thread thread_;
};

/// The bad upstream of `enlace serve`, in this process.
class test_upstream {
 public:
  explicit test_upstream(const server_options& options = {}, std::string_view address = "127.0.0.1")
      : server_(bad_upstream::handler(upstream_), options, address) {}

  [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }
  [[nodiscard]] std::string url(std::string_view target = "") const { return server_.url(target); }
  [[nodiscard]] http_server& server() noexcept { return server_.server(); }
  /// How often `?key=...` was hit.
  [[nodiscard]] std::uint64_t count(std::string_view key) const { return upstream_->count(key); }
  void stop() { server_.stop(); }

 private:
  std::shared_ptr<bad_upstream> upstream_ = std::make_shared<bad_upstream>();
  test_server server_;
};

}  // namespace enlace::test
