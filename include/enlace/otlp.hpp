// Module: client
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <enlace/client.hpp>
#include <enlace/clock.hpp>
#include <enlace/exchange.hpp>

namespace enlace {

/// Where telemetry goes, and how. Construction-time options only.
struct otlp_options {
  /// "http://collector:4318": /v1/traces and /v1/metrics are appended. A user name and password become Basic
  /// authentication.
  std::string endpoint;
  std::string service_name;
  /// Empty: not told.
  std::string service_version;
  /// How often metrics are sent, and how long spans wait for a batch to fill. More than zero.
  duration interval = std::chrono::seconds(5);
  /// Spans held at most, waiting or on their way; further ones are dropped and counted. At least 1.
  std::size_t queue_spans = 2048;
  /// Spans of one request. At least 1.
  std::size_t batch_spans = 512;
  /// For one attempt to send a request. More than zero.
  duration timeout = std::chrono::seconds(10);
  /// All attempts of one request, the first included. At least 1.
  int attempts = 5;
  /// The wait before attempt n is uniform in 0 to min(`retry_most`, this x 2^(n-2)). Zero: no wait.
  duration retry_base = std::chrono::seconds(1);
  /// No wait is longer, whatever Retry-After says.
  duration retry_most = std::chrono::seconds(30);
  /// For a collector that is far away: requests of spans become eight times smaller, for some 4 us of CPU a span.
  bool gzip = false;
  /// Fields of each request: API keys and the like.
  std::vector<std::pair<std::string, std::string>> headers;
  /// For an https endpoint.
  tls_settings tls;
};

/// What became of it, since the beginning. A span is in one of them as soon as nobody holds it any more.
struct otlp_counts {
  std::uint64_t exported = 0;
  /// The queue was full, or the exporter shut down.
  std::uint64_t dropped = 0;
  /// The collector refused them, or could not be reached.
  std::uint64_t failed = 0;
  /// Requests with metrics.
  std::uint64_t metrics_exported = 0;
  std::uint64_t metrics_failed = 0;
};

/// What `[client]`, `[tls]` and `[telemetry]` of a configuration say of it; nothing when they name no collector.
[[nodiscard]] std::optional<otlp_options> configured_collector(const options& configuration);

class otlp_exporter;

/// Sends the spans of a core's sampled calls and attempts, and its metrics, to an OpenTelemetry collector while it
/// lives: OTLP over HTTP in JSON, from a thread of its own, past breakers, budgets and metrics. A call is sampled when
/// the `traceparent` of the work around it is; where there is none, `sampling` of `[telemetry]` decides. A collector
/// that hangs or refuses changes nothing for calls: what does not fit into the queue is dropped and counted.
/// Thread-safe.
class otlp_export {
 public:
  /// For all clients of the core. Throws `failure` (CONFIGURATION_ERROR) for an endpoint that is no URL, a
  /// header that can't be one, and numbers that are too small.
  otlp_export(std::shared_ptr<client_core> core, otlp_options how);
  otlp_export(const client& of, otlp_options how) : otlp_export(of.core(), std::move(how)) {}
  /// Sends what there is, within two seconds.
  ~otlp_export();
  otlp_export(const otlp_export&) = delete;
  otlp_export& operator=(const otlp_export&) = delete;

  [[nodiscard]] otlp_counts counts() const noexcept;

 private:
  std::shared_ptr<client_core> core_;
  std::shared_ptr<otlp_exporter> exporter_;
};

}  // namespace enlace
