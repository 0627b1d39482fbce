#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <enlace/client.hpp>
#include <enlace/options.hpp>
#include <enlace/otlp.hpp>

#include "cache/cache.hpp"
#include "cache/flight.hpp"
#include "client/core_report.hpp"
#include "client/service.hpp"
#include "net/connection_counts.hpp"
#include "net/resolver.hpp"
#include "policy/limiter.hpp"
#include "telemetry/telemetry.hpp"

namespace enlace {

/// From the system's entropy.
[[nodiscard]] std::uint64_t random_seed();

/// What all clients of a process, or of a part of it, share. Thread-safe.
class client_core {
 public:
  client_core(options configuration, std::uint64_t seed);

  /// Whoever sends the core's telemetry elsewhere, so that what becomes of it is among the metrics.
  void exports(std::weak_ptr<const otlp_exporter> by);
  [[nodiscard]] std::vector<std::shared_ptr<const otlp_exporter>> exporters() const;

  [[nodiscard]] std::shared_ptr<const options> configuration() const;
  /// Rises with each reload: what was derived from an older configuration is to be derived anew.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_.load(std::memory_order_acquire); }
  void reload(options configuration);

  /// The service of these rules; made when it is not known yet.
  [[nodiscard]] std::shared_ptr<service> service_for(const profile& rules, time_point now);
  [[nodiscard]] std::vector<breaker_report> breakers(time_point now) const;
  bool override_breaker(std::string_view name, breaker_override how);
  /// By name.
  [[nodiscard]] std::vector<service_report> services(time_point now) const;
  /// Those that have used at least half of their limit; none when there is no limit.
  [[nodiscard]] std::vector<tenant_report> tenants_under_pressure() const;

  [[nodiscard]] cache& answers() noexcept { return answers_; }
  [[nodiscard]] flight_table& flights() noexcept { return flights_; }
  [[nodiscard]] tenant_limiter& tenants() noexcept { return tenants_; }
  [[nodiscard]] telemetry& told() noexcept { return told_; }
  [[nodiscard]] const std::shared_ptr<resolver>& names() const noexcept { return names_; }
  [[nodiscard]] const std::shared_ptr<connection_register>& connections() const noexcept { return connections_; }

 private:
  /// Services that nobody configured are forgotten, when idle, beyond so many.
  static constexpr std::size_t services_most = 4096;

  mutable std::mutex mutex_;
  std::shared_ptr<const options> configuration_;
  std::atomic<std::uint64_t> generation_{1};
  std::unordered_map<std::string, std::shared_ptr<service>> services_;
  std::uint64_t seed_;
  cache answers_;
  flight_table flights_;
  tenant_limiter tenants_;
  telemetry told_;
  std::vector<std::weak_ptr<const otlp_exporter>> exporters_;
  std::shared_ptr<resolver> names_;
  std::shared_ptr<connection_register> connections_ = std::make_shared<connection_register>();
};

}  // namespace enlace
