#include "client/process_client.hpp"

#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/ambient.hpp>
#include <enlace/call_service.hpp>

#include "message/envelope.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

/// The configuration of the process, read once.
const result<options>& process_options() {
  static const result<options> read = options::load_default();
  return read;
}

/// The client of one execution context, made when a coroutine of that context first needs it.
class context_client final : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;
  explicit context_client(asio::execution_context& context) : service(context) {}
  void shutdown() override { client_.reset(); }
  [[nodiscard]] client& on(const asio::any_io_executor& executor) {
    if (!client_) client_.emplace(executor, process_core());
    return *client_;
  }

 private:
  std::optional<client> client_;
};

asio::execution_context::id context_client::id;

}  // namespace

client& process_client_on(const asio::any_io_executor& executor) {
  return asio::use_service<context_client>(asio::query(executor, asio::execution::context)).on(executor);
}

const std::shared_ptr<client_core>& process_core() {
  static const std::shared_ptr<client_core> core = make_core(process_options() ? *process_options() : options());
  return core;
}

std::optional<error> process_configuration_error() {
  if (process_options()) return std::nullopt;
  return process_options().error();
}

const std::shared_ptr<runtime>& process_runtime() {
  static const std::shared_ptr<runtime> loops = std::make_shared<runtime>(process_core());
  return loops;
}

blocking::client& process_blocking_client() {
  static blocking::client made(process_runtime());
  return made;
}

asio::awaitable<reply> call_service(request asked) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  if (std::optional<error> broken = process_configuration_error()) {
    co_return create_error_response(broken->message, *broken);
  }
  co_return co_await process_client_on(executor).call(std::move(asked));
}

asio::awaitable<bool> check_service_health(std::string url, std::string name, duration timeout) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  if (process_configuration_error()) co_return false;
  co_return co_await process_client_on(executor).check_service_health(std::move(url), std::move(name), timeout);
}

reply create_error_response(std::string message, json::object details) {
  return create_error_response(std::move(message), std::move(details), std::chrono::system_clock::now());
}

reply create_error_response(std::string message, error why) {
  return create_error_response(std::move(message), std::move(why), std::chrono::system_clock::now());
}

}  // namespace enlace
