#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <enlace/json.hpp>
#include <enlace/server.hpp>

namespace enlace::test {

/// Answers GET and POST /quick/SUBJECT and /slow/SUBJECT with the subject and the tenant that asked, on a thread of its
/// own.
class soak_server {
 public:
  soak_server() {
    server_.emplace(loop_.get_executor(), "127.0.0.1", std::uint16_t{0}, &soak_server::answer);
    thread_ = std::thread([this] { loop_.run(); });
  }
  soak_server(const soak_server&) = delete;
  soak_server& operator=(const soak_server&) = delete;
  ~soak_server() {
    server_.reset();
    thread_.join();
  }

  [[nodiscard]] const std::string& url() const noexcept { return server_->url(); }

 private:
  static boost::asio::awaitable<void> answer(const server_request& request, responder& out) {
    const std::string_view path = request.path();
    if (path.starts_with("/slow/")) {
      const bool there = co_await out.wait(std::chrono::milliseconds(2));
      if (!there) co_return;
    }
    const json::value body = object("subject", path.substr(path.rfind('/') + 1), "tenant",
                                    request.headers().get("X-Tenant-ID").value_or(""), "text", std::string(200, 'x'));
    co_await out.send_json(200, body);
  }

  boost::asio::io_context loop_{1};
  std::optional<http_server> server_;
  std::thread thread_;
};

}  // namespace enlace::test
