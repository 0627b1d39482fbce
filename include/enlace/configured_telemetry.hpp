// Module: admin
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <enlace/client.hpp>
#include <enlace/error.hpp>
#include <enlace/otlp.hpp>

namespace enlace {

/// What `[telemetry]` and `[admin]` of a configuration ask for, while it lives: spans and metrics to a collector, and
/// the admin endpoint, on threads of their own. Both stay as they were made when the configuration is loaded anew; the
/// sampling and the tenants' labels change with it, and need no such object.
class configured_telemetry {
 public:
  /// Of the process-wide client, which `call_service` uses. Never throws for what the configuration says: see
  /// `problem`.
  configured_telemetry();
  /// Of all clients of a core.
  explicit configured_telemetry(const std::shared_ptr<client_core>& core);
  /// Sends what is left, within two seconds.
  ~configured_telemetry();
  configured_telemetry(const configured_telemetry&) = delete;
  configured_telemetry& operator=(const configured_telemetry&) = delete;

  /// Why something that is configured is not there: the file is not valid, or the admin endpoint can't listen at its
  /// address. Calls don't depend on it, so a program may go on; it should say it somewhere.
  [[nodiscard]] const std::optional<error>& problem() const noexcept { return problem_; }
  /// "http://127.0.0.1:9464"; empty: there is no admin endpoint.
  [[nodiscard]] const std::string& admin_url() const noexcept;
  /// What became of the spans and metrics so far; zeros when they are not sent.
  [[nodiscard]] otlp_counts exported() const noexcept;
  /// As `health_endpoint::depends_on`, for `/health` and `/status` of the admin endpoint; nothing where there is none.
  /// Thread-safe.
  void depends_on(std::string name, const std::string& url, bool required = true);

 private:
  class admin_thread;
  std::optional<error> problem_;
  std::unique_ptr<admin_thread> admin_;
  std::unique_ptr<otlp_export> exported_;
};

}  // namespace enlace
