#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "telemetry/histogram.hpp"

namespace enlace {

/// Metrics at one moment, in the terms of OpenTelemetry; whoever exports them puts them into a form of its own.
enum class metric_kind : std::uint8_t { counter, gauge, histogram };

struct metric_point {
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
  std::optional<histogram_data> distribution;
};

struct metric {
  /// "http.client.request.duration"
  std::string name;
  /// "s", "{call}", "1"
  std::string unit;
  std::string help;
  metric_kind kind = metric_kind::counter;
  std::vector<metric_point> points;
};

}  // namespace enlace
