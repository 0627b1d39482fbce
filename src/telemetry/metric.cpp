#include "telemetry/metric.hpp"

#include <array>

namespace enlace {

namespace {

constexpr std::array<double, 18> long_bounds{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75,
                                             1,     2.5,  5,     7.5,  10,    30,  60,   120, 300};
constexpr std::size_t advised = 14;

}  // namespace

std::span<const double> bounds_of(const metric& one) noexcept {
  const std::span<const double> all(long_bounds);
  return one.name == "http.client.request.duration" ? all.first(advised) : all;
}

metric& metric_named(std::vector<metric>& all, std::string_view name, std::string_view unit, std::string_view help,
                     metric_kind kind) {
  for (metric& each : all) {
    if (each.name == name) return each;
  }
  metric& made = all.emplace_back();
  made.name = name;
  made.unit = unit;
  made.help = help;
  made.kind = kind;
  return made;
}

void add_point(metric& to, metric_labels labels, double value) {
  metric_point& made = to.points.emplace_back();
  made.labels = std::move(labels);
  made.value = value;
}

void add_point(metric& to, metric_labels labels, histogram_data distribution) {
  metric_point& made = to.points.emplace_back();
  made.labels = std::move(labels);
  made.distribution = std::move(distribution);
}

}  // namespace enlace
