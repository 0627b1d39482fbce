#include <future>

#include <boost/asio/post.hpp>
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

stream client::stream(request asked) {
  const std::size_t loop = runtime_->next_loop();
  return {runtime_, loop, runtime_->at(loop).stream(std::move(asked)), ambient_of_thread()};
}

stream::stream(std::shared_ptr<runtime> on, std::size_t loop, enlace::stream made, context ambient)
    : runtime_(std::move(on)),
      loop_(loop),
      ambient_(std::move(ambient)),
      inner_(std::make_unique<enlace::stream>(std::move(made))) {}

stream& stream::operator=(stream&& other) noexcept {
  if (this == &other) return *this;
  close();
  runtime_ = std::move(other.runtime_);
  loop_ = other.loop_;
  ambient_ = std::move(other.ambient_);
  inner_ = std::move(other.inner_);
  return *this;
}

stream::~stream() { close(); }

void stream::close() noexcept {
  if (inner_ == nullptr) return;
  std::promise<void> closed;
  std::future<void> done = closed.get_future();
  boost::asio::post(runtime_->executor(loop_), [this, &closed] {
    inner_.reset();
    closed.set_value();
  });
  done.wait();
}

void stream::wait_for(std::function<boost::asio::awaitable<void>()> job) {
  std::promise<void> promise;
  std::future<void> over = promise.get_future();
  runtime_->run(loop_, std::move(job), ambient_, [&promise] { promise.set_value(); });
  over.get();
}

const stream_event* stream::next() {
  const stream_event* event = nullptr;
  wait_for([this, &event]() -> boost::asio::awaitable<void> { event = co_await inner_->next(); });
  return event;
}

std::string_view stream::next_text() {
  std::string_view text;
  wait_for([this, &text]() -> boost::asio::awaitable<void> { text = co_await inner_->next_text(); });
  return text;
}

reply stream::collect() {
  reply all;
  wait_for([this, &all]() -> boost::asio::awaitable<void> { all = co_await inner_->collect(); });
  return all;
}

stream stream_service(request asked) {
  const std::shared_ptr<runtime>& shared = process_runtime();
  return {shared, shared->next_loop(), enlace::stream_service(std::move(asked)), ambient_of_thread()};
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
