#pragma once

#include <string>
#include <vector>

#include "telemetry/metric.hpp"

namespace enlace {

/// How metrics are written for a scraper.
enum class exposition : unsigned char {
  prometheus,   ///< text format 0.0.4
  openmetrics,  ///< OpenMetrics 1.0, with exemplars
};

/// The content type of that form.
[[nodiscard]] std::string_view content_type_of(exposition form) noexcept;
/// What to write for a scraper whose Accept says that.
[[nodiscard]] exposition wanted_exposition(std::string_view accept) noexcept;

/// Metrics as text. Names are made as the OpenTelemetry specification says ("http.client.request.duration" in seconds
/// is http_client_request_duration_seconds); histograms have the advised explicit buckets.
[[nodiscard]] std::string prometheus_text(const std::vector<metric>& all, exposition form);

}  // namespace enlace
