#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include <enlace/call_event.hpp>

#include "telemetry/metrics.hpp"
#include "telemetry/tenant_metrics.hpp"

namespace enlace {

/// The one sink of all events: it counts them, and tells those who listen. Thread-safe.
class telemetry {
 public:
  [[nodiscard]] enlace::metrics& metrics() noexcept { return metrics_; }
  [[nodiscard]] const enlace::metrics& metrics() const noexcept { return metrics_; }
  [[nodiscard]] tenant_metrics& tenants() noexcept { return tenants_; }

  /// From now on; for as long as the sink lives, or until `forget`.
  void listen(std::shared_ptr<event_listener> who);
  void forget(const event_listener& who);
  /// Whether anybody does, so that what only listeners need is worth making.
  [[nodiscard]] bool listening() const noexcept { return listening_.load(std::memory_order_relaxed); }

  void attempt(const attempt_event& over) const noexcept;
  void call(const call_event& over) const noexcept;

 private:
  using listeners = std::vector<std::shared_ptr<event_listener>>;

  enlace::metrics metrics_;
  tenant_metrics tenants_;
  std::atomic<bool> listening_{false};
  std::atomic<std::shared_ptr<const listeners>> listeners_{std::make_shared<const listeners>()};
};

}  // namespace enlace
