#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/clock.hpp>

#include "telemetry/metric.hpp"
#include "telemetry/span_record.hpp"
#include "telemetry/text_buffer.hpp"

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

/// A span in OTLP's JSON form (OTLP 1.x: ids in hexadecimal, 64-bit integers as strings, enums as numbers). Nothing for
/// a span without a trace or a span id, which no receiver takes.
void append_otlp_span(text_buffer& out, const span_record& one);

/// An ExportTraceServiceRequest in pieces: its beginning, what `append_otlp_span` made of each span, its end.
[[nodiscard]] std::string open_otlp_traces(const otlp_resource& from);
void add_otlp_span(std::string& request, std::string_view span);
void close_otlp_traces(std::string& request);
/// The same of spans that are all there.
[[nodiscard]] std::string otlp_traces(const otlp_resource& from, std::span<const span_record> spans);

/// An ExportMetricsServiceRequest. All is cumulative since `since`: counters as monotonic sums, histograms with
/// `bounds_of` and exemplars. What is NaN or infinite is left out.
[[nodiscard]] std::string otlp_metrics(const otlp_resource& from, const std::vector<metric>& all, wall_time since,
                                       wall_time now);

/// When the process began, or this library was loaded.
[[nodiscard]] wall_time process_start() noexcept;

}  // namespace enlace
