#include "telemetry/metric.hpp"

namespace enlace {

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
