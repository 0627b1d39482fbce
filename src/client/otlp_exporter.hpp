#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include <enlace/call_event.hpp>
#include <enlace/clock.hpp>
#include <enlace/otlp.hpp>

#include "telemetry/metric.hpp"

namespace enlace {

/// Sends the spans of sampled calls and attempts, and metrics, to an OpenTelemetry collector: OTLP over HTTP in JSON,
/// from a thread of its own, past enlace's breakers, budgets and metrics. 429, 502, 503, 504 and connections that can't
/// be made or break are tried again; every other answer, and a collector that takes too long, is not.
///
/// `on_attempt` and `on_call` copy into a bounded queue and never wait for the network. Thread-safe.
class otlp_exporter final : public event_listener {
 public:
  /// Called on the exporter's thread, once an interval and once at the end.
  using metrics_source = std::function<std::vector<metric>()>;

  /// Without `source` no metrics are sent. Throws `failure` (CONFIGURATION_ERROR) for an endpoint that is no URL, a
  /// header that can't be one, and numbers that are too small.
  explicit otlp_exporter(otlp_options options, metrics_source source = {});
  /// Shuts down, if nobody did, with the default bound.
  ~otlp_exporter() override;

  void on_attempt(const attempt_event& over) noexcept override;
  void on_call(const call_event& over) noexcept override;

  [[nodiscard]] otlp_counts counts() const noexcept;
  /// Spans that are held: waiting, or on their way.
  [[nodiscard]] std::size_t pending() const noexcept;

  /// Takes no more spans, sends those that are there and the metrics as they are, and ends the thread. What is not
  /// sent after `within` counts as failed. From any thread, any number of times; later calls wait for the first.
  void shutdown(duration within = std::chrono::seconds(2)) noexcept;

 private:
  class worker;
  std::unique_ptr<worker> worker_;
};

}  // namespace enlace
