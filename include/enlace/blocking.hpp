// Module: client
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <enlace/client.hpp>
#include <enlace/runtime.hpp>

/// The same calls without coroutines: each blocks its thread until the reply is there. The ambient context is that of
/// the thread's `context_scope`. Never to be used on a loop's own thread: there it would wait for itself.
namespace enlace::blocking {

/// Calls services from any thread. Thread-safe. Shares the runtime's ownership.
class client {
 public:
  /// With loops of its own.
  explicit client(options configuration = options(), std::size_t loops = 1);
  explicit client(std::shared_ptr<runtime> shared);

  reply call(request asked);
  bool check_service_health(std::string url, std::string name, duration timeout = std::chrono::seconds(5));
  health_report health(std::string url, std::string name, duration timeout = std::chrono::seconds(5));

  [[nodiscard]] runtime& loops() noexcept { return *runtime_; }

 private:
  std::shared_ptr<runtime> runtime_;
};

/// On the process-wide configuration, as the functions of the same names in `enlace`.
reply call_service(request asked);
bool check_service_health(std::string url, std::string name, duration timeout = std::chrono::seconds(5));
reply create_error_response(std::string message, json::object details = json::object());

}  // namespace enlace::blocking
