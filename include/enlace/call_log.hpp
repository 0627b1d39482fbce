// Module: telemetry
#pragma once

#include <cstdint>
#include <memory>

#include <enlace/call_event.hpp>

namespace spdlog {
class logger;
}

namespace enlace {

/// How `call_log` writes its lines.
enum class log_form : std::uint8_t {
  text,  ///< name=value pairs; the logger's pattern adds time and level
  json,  ///< a JSON object a line, with "time" and "level"; the logger's pattern should be "%v"
};

/// Writes a line for each call, and at level debug one for each attempt. A call that succeeded is info; one that its
/// caller is to blame for, that was cancelled or that a breaker or a limit rejected is warn; every other failure is
/// error. No bodies, no header values; URLs, also those in messages, are without their secrets, and control characters
/// are escaped. Thread-safe as far as the logger is (spdlog's `_mt` sinks).
///
/// It writes on the loop of the call: with a sink that can block, give it an asynchronous logger.
class call_log final : public event_listener {
 public:
  /// Throws `std::invalid_argument` for a null logger.
  explicit call_log(std::shared_ptr<spdlog::logger> to, log_form form = log_form::text);
  ~call_log() override;

  void on_attempt(const attempt_event& over) noexcept override;
  void on_call(const call_event& over) noexcept override;

 private:
  std::shared_ptr<spdlog::logger> to_;
  log_form form_;
};

}  // namespace enlace
