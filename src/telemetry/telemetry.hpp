#pragma once

#include <atomic>
#include <memory>
#include <mutex>
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

  /// Of which calls somebody wants to know. Who listens to sampled ones may be told of others, too.
  enum class interest : std::uint8_t { all, sampled };

  /// From now on; for as long as the sink lives, or until `forget`.
  void listen(std::shared_ptr<event_listener> who, interest in = interest::all);
  void forget(const event_listener& who);
  /// Whether anybody wants to know of such a call, so that what only listeners need is worth making.
  [[nodiscard]] bool listening(bool sampled) const noexcept {
    return (sampled ? listening_ : listening_to_all_).load(std::memory_order_relaxed);
  }

  void attempt(const attempt_event& over) const noexcept;
  void call(const call_event& over) const noexcept;

 private:
  struct listener {
    std::shared_ptr<event_listener> who;
    interest in = interest::all;
  };
  using listeners = std::vector<listener>;

  void use(listeners next);

  enlace::metrics metrics_;
  tenant_metrics tenants_;
  std::mutex changing_;
  std::atomic<bool> listening_{false};
  std::atomic<bool> listening_to_all_{false};
  std::atomic<std::shared_ptr<const listeners>> listeners_{std::make_shared<const listeners>()};
};

}  // namespace enlace
