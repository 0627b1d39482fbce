// Module: client
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include <enlace/client.hpp>
#include <enlace/context.hpp>
#include <enlace/runtime.hpp>
#include <enlace/stream.hpp>

/// The same calls without coroutines: each blocks its thread until the reply is there. The ambient context is that of
/// the thread's `context_scope`. Never to be used on a loop's own thread: there it would wait for itself.
namespace enlace::blocking {

/// An answer that is read as it comes, by one thread at a time:
///
///     for (const enlace::stream_event& event : client.stream(question)) use(event.data);
///
/// Everything else is as `enlace::stream` says. Shares the runtime's ownership.
class stream {
 public:
  /// Goes over the events that are still to come.
  class iterator {
   public:
    explicit iterator(stream& of) : of_(of), event_(of.next()) {}
    const stream_event& operator*() const noexcept { return *event_; }
    const stream_event* operator->() const noexcept { return event_; }
    iterator& operator++() {
      event_ = of_.next();
      return *this;
    }
    bool operator==(std::default_sentinel_t /*over*/) const noexcept { return event_ == nullptr; }

   private:
    stream& of_;
    const stream_event* event_;
  };

  /// Of one of the loops of `on`. `client::stream` and `stream_service` make them.
  stream(std::shared_ptr<runtime> on, std::size_t loop, enlace::stream made, context ambient);
  stream(stream&& other) noexcept = default;
  stream& operator=(stream&& other) noexcept;
  /// Closes the connection, on its loop.
  ~stream();

  /// Waits for the next event; null when there is none any more.
  const stream_event* next();
  std::string_view next_text();
  reply collect();
  [[nodiscard]] iterator begin() { return iterator(*this); }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

  [[nodiscard]] stream_end ended() const noexcept { return inner_->ended(); }
  [[nodiscard]] const reply& ending() const noexcept { return inner_->ending(); }
  [[nodiscard]] int status() const noexcept { return inner_->status(); }
  [[nodiscard]] const enlace::headers& headers() const noexcept { return inner_->headers(); }
  [[nodiscard]] const std::string& text() const noexcept { return inner_->text(); }
  [[nodiscard]] const model_output& output() const noexcept { return inner_->output(); }
  [[nodiscard]] std::uint64_t events() const noexcept { return inner_->events(); }
  [[nodiscard]] const std::string& last_event_id() const noexcept { return inner_->last_event_id(); }

 private:
  void wait_for(std::function<boost::asio::awaitable<void>()> job);
  void close() noexcept;

  std::shared_ptr<runtime> runtime_;
  std::size_t loop_;
  context ambient_;
  std::unique_ptr<enlace::stream> inner_;
};

/// Calls services from any thread. Thread-safe. Shares the runtime's ownership.
class client {
 public:
  /// With loops of its own.
  explicit client(options configuration = options(), std::size_t loops = 1);
  explicit client(std::shared_ptr<runtime> shared);

  reply call(request asked);
  [[nodiscard]] blocking::stream stream(request asked);
  bool check_service_health(std::string url, std::string name, duration timeout = std::chrono::seconds(5));
  health_report health(std::string url, std::string name, duration timeout = std::chrono::seconds(5));

  [[nodiscard]] runtime& loops() noexcept { return *runtime_; }

 private:
  std::shared_ptr<runtime> runtime_;
};

/// On the process-wide configuration, as the functions of the same names in `enlace`.
reply call_service(request asked);
[[nodiscard]] stream stream_service(request asked);
bool check_service_health(std::string url, std::string name, duration timeout = std::chrono::seconds(5));
reply create_error_response(std::string message, json::object details = json::object());

}  // namespace enlace::blocking
