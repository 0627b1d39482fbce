#include <utility>

#include <boost/asio/post.hpp>
#include <enlace/result.hpp>
#include <enlace/server.hpp>

#include "server/server_core.hpp"

namespace enlace {

namespace {

void check(bool holds, const char* what) {
  if (!holds) throw failure(error(error_code::configuration_error, what));
}

void check(const http_server::handler& answer, const server_options& options) {
  check(static_cast<bool>(answer), "a server needs a handler");
  check(options.max_connections > 0, "max_connections must be at least 1");
  check(options.max_head_bytes > 0, "max_head_bytes must be more than 0");
  check(options.request_timeout > duration::zero(), "request_timeout must be more than 0");
  check(options.idle_timeout > duration::zero(), "idle_timeout must be more than 0");
  check(options.stop_grace >= duration::zero(), "stop_grace must not be negative");
}

}  // namespace

http_server::http_server(const boost::asio::any_io_executor& executor, std::string_view address, std::uint16_t port,
                         handler answer)
    : http_server(executor, address, port, std::move(answer), server_options()) {}

http_server::http_server(const boost::asio::any_io_executor& executor, std::string_view address, std::uint16_t port,
                         handler answer, const server_options& options) {
  check(answer, options);
  core_ = std::make_shared<server_core>(executor, std::move(answer), options);
  core_->listen(address, port);
  core_->start();
}

http_server::~http_server() {
  boost::asio::post(core_->executor(), [core = core_] { core->abandon(); });
}

std::uint16_t http_server::port() const noexcept { return core_->port(); }

const std::string& http_server::url() const noexcept { return core_->url(); }

std::size_t http_server::connections() const noexcept { return core_->connections(); }

void http_server::stop() {
  boost::asio::post(core_->executor(), [core = core_] { core->stop(); });
}

}  // namespace enlace
