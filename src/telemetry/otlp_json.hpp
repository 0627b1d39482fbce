#pragma once

#include <span>
#include <string>
#include <vector>

#include <enlace/clock.hpp>

#include "telemetry/metric.hpp"
#include "telemetry/span_record.hpp"

namespace enlace {

/// Whose telemetry it is, as the resource attributes of OpenTelemetry say it.
struct otlp_resource {
  /// Empty: "unknown_service".
  std::string service_name;
  /// Empty: not told.
  std::string service_version;
  /// Unique for each process.
  std::string instance_id;
};

/// An ExportTraceServiceRequest in OTLP's JSON form (OTLP 1.x: ids in hexadecimal, 64-bit integers as strings, enums as
/// numbers). A span without a trace or a span id, which no receiver takes, is left out.
[[nodiscard]] std::string otlp_traces(const otlp_resource& from, std::span<const span_record> spans);

/// An ExportMetricsServiceRequest. All is cumulative since `since`: counters as monotonic sums, histograms with
/// `advised_bounds` and exemplars. What is NaN or infinite is left out.
[[nodiscard]] std::string otlp_metrics(const otlp_resource& from, const std::vector<metric>& all, wall_time since,
                                       wall_time now);

/// When the process began, or this library was loaded.
[[nodiscard]] wall_time process_start() noexcept;

}  // namespace enlace
