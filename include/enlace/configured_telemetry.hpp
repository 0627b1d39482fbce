// Module: admin
#pragma once

#include <memory>
#include <string>

#include <enlace/client.hpp>
#include <enlace/otlp.hpp>

namespace enlace {

/// What `[telemetry]` and `[admin]` of a configuration ask for, while it lives: spans and metrics to a collector, and
/// the admin endpoint, on threads of their own. Both stay as they were made when the configuration is loaded anew; the
/// sampling and the tenants' labels change with it, and need no such object.
class configured_telemetry {
 public:
  /// Of the process-wide client, which `call_service` uses.
  configured_telemetry();
  /// Of all clients of a core. Throws `failure` (CONFIGURATION_ERROR) when the admin endpoint can't listen at its
  /// address.
  explicit configured_telemetry(std::shared_ptr<client_core> core);
  /// Sends what is left, within two seconds.
  ~configured_telemetry();
  configured_telemetry(const configured_telemetry&) = delete;
  configured_telemetry& operator=(const configured_telemetry&) = delete;

  /// "http://127.0.0.1:9464"; empty: there is no admin endpoint.
  [[nodiscard]] const std::string& admin_url() const noexcept;

 private:
  class admin_thread;
  std::unique_ptr<admin_thread> admin_;
  std::unique_ptr<otlp_export> exported_;
};

}  // namespace enlace
