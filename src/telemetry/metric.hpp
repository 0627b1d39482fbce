#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

using metric_labels = std::vector<std::pair<std::string, std::string>>;

/// What stands for all that come beyond those that are told apart.
inline constexpr std::string_view other_series = "other";

/// The bounds, in seconds, of a histogram's buckets where it has to have some: those that the OpenTelemetry conventions
/// advise for `http.client.request.duration`; what is longer than one attempt has more above them.
[[nodiscard]] std::span<const double> bounds_of(const metric& one) noexcept;

/// The metric of that name, made when it is not there yet.
[[nodiscard]] metric& metric_named(std::vector<metric>& all, std::string_view name, std::string_view unit,
                                   std::string_view help, metric_kind kind);
void add_point(metric& to, metric_labels labels, double value);
void add_point(metric& to, metric_labels labels, histogram_data distribution);

}  // namespace enlace
