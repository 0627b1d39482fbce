#include <future>

#include <enlace/ambient.hpp>
#include <enlace/blocking.hpp>
#include <enlace/call_service.hpp>

#include "client/process_client.hpp"

namespace enlace::blocking {

namespace {

context ambient_of_thread() {
  const context* current = context_scope::current();
  return current != nullptr ? *current : context();
}

}  // namespace

client::client(options configuration, std::size_t loops)
    : runtime_(std::make_shared<runtime>(std::move(configuration), loops)) {}
client::client(std::shared_ptr<runtime> shared) : runtime_(std::move(shared)) {}

reply client::call(request asked) {
  std::promise<reply> promise;
  std::future<reply> answer = promise.get_future();
  runtime_->submit(std::move(asked), ambient_of_thread(), [&promise](reply r) { promise.set_value(std::move(r)); });
  return answer.get();
}

health_report client::health(std::string url, std::string name, duration timeout) {
  std::promise<health_report> promise;
  std::future<health_report> answer = promise.get_future();
  runtime_->check_health(std::move(url), std::move(name), timeout,
                         [&promise](health_report r) { promise.set_value(std::move(r)); });
  return answer.get();
}

bool client::check_service_health(std::string url, std::string name, duration timeout) {
  return health(std::move(url), std::move(name), timeout).status != health_status::unavailable;
}

reply call_service(request asked) {
  if (auto broken = process_configuration_error()) return reply(*std::move(broken));
  return process_blocking_client().call(std::move(asked));
}

bool check_service_health(std::string url, std::string name, duration timeout) {
  if (process_configuration_error()) return false;
  return process_blocking_client().check_service_health(std::move(url), std::move(name), timeout);
}

reply create_error_response(std::string message, json::object details) {
  return enlace::create_error_response(std::move(message), std::move(details));
}

}  // namespace enlace::blocking
