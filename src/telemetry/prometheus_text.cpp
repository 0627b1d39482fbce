#include "telemetry/prometheus_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

namespace enlace {

namespace {

std::string plain_name(std::string_view dotted) {
  std::string made(dotted);
  for (char& c : made) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!good) c = '_';
  }
  return made;
}

/// The name of the family: with its unit, without `_total`.
std::string family_name(const metric& one) {
  std::string made = plain_name(one.name);
  if (one.unit == "s") made += "_seconds";
  return made;
}

std::string escaped(std::string_view text, bool quotes) {
  std::string made;
  for (const char c : text) {
    if (c == '\n') {
      made += "\\n";
      continue;
    }
    if (c == '\\' || (quotes && c == '"')) made.push_back('\\');
    made.push_back(c);
  }
  return made;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return {digits, end};
}

std::string labels_text(const metric_point& point, std::string_view extra_name = {},
                        std::string_view extra_value = {}) {
  std::string made;
  const auto add = [&](std::string_view name, std::string_view value) {
    made += made.empty() ? "{" : ",";
    made += plain_name(name) + "=\"" + escaped(value, true) + "\"";
  };
  for (const auto& [name, value] : point.labels) add(name, value);
  if (!extra_name.empty()) add(extra_name, extra_value);
  if (!made.empty()) made += "}";
  return made;
}

void append_hex(std::string& to, std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    to.push_back(digits[byte >> 4U]);
    to.push_back(digits[byte & 15U]);
  }
}

/// The exemplar that belongs into the bucket between two bounds, as OpenMetrics writes it.
std::string exemplar_text(const histogram_data& data, double over, double up_to) {
  for (const exemplar& each : data.exemplars) {
    if (each.seconds <= over || each.seconds > up_to) continue;
    std::string made = " # {trace_id=\"";
    append_hex(made, each.place.trace_id);
    made += "\",span_id=\"";
    append_hex(made, each.place.span_id);
    made += "\"} " + number(each.seconds);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(each.at.time_since_epoch()).count();
    char digits[32];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, static_cast<double>(ms) / 1000, std::chars_format::fixed, 3).ptr;
    return made.append(" ").append(digits, end);
  }
  return {};
}

void append_histogram(std::string& out, const std::string& family, const metric_point& point,
                      std::span<const double> bounds, exposition form) {
  const histogram_data& data = *point.distribution;
  double below = 0;
  const auto bucket = [&](double bound, std::uint64_t count) {
    const bool last = std::isinf(bound);
    out += family + "_bucket" + labels_text(point, "le", last ? "+Inf" : number(bound)) + ' ' + std::to_string(count);
    if (form == exposition::openmetrics) out += exemplar_text(data, below, bound);
    out += '\n';
    below = bound;
  };
  for (const double bound : bounds) bucket(bound, data.at_most(bound));
  bucket(std::numeric_limits<double>::infinity(), data.count);
  out += family + "_sum" + labels_text(point) + ' ' + number(data.sum_seconds) + '\n';
  out += family + "_count" + labels_text(point) + ' ' + std::to_string(data.count) + '\n';
}

std::string_view type_name(metric_kind kind) noexcept {
  switch (kind) {
    case metric_kind::counter:
      return "counter";
    case metric_kind::gauge:
      return "gauge";
    case metric_kind::histogram:
      break;
  }
  return "histogram";
}

}  // namespace

std::string_view content_type_of(exposition form) noexcept {
  return form == exposition::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                         : "text/plain; version=0.0.4; charset=utf-8";
}

exposition wanted_exposition(std::string_view accept) noexcept {
  return accept.find("application/openmetrics-text") != std::string_view::npos ? exposition::openmetrics
                                                                               : exposition::prometheus;
}

std::string prometheus_text(const std::vector<metric>& all, exposition form) {
  std::string out;
  for (const metric& one : all) {
    if (one.points.empty()) continue;
    const std::string family = family_name(one);
    const bool counter = one.kind == metric_kind::counter;
    // In the older form the family of a counter has the suffix that its samples have.
    const std::string declared = counter && form == exposition::prometheus ? family + "_total" : family;
    out += "# HELP " + declared + ' ' + escaped(one.help, form == exposition::openmetrics) + '\n';
    out += "# TYPE " + declared + ' ' + std::string(type_name(one.kind)) + '\n';
    if (form == exposition::openmetrics && one.unit == "s") out += "# UNIT " + family + " seconds\n";
    for (const metric_point& point : one.points) {
      if (point.distribution) {
        append_histogram(out, family, point, bounds_of(one), form);
      } else {
        out += family + (counter ? "_total" : "") + labels_text(point) + ' ' + number(point.value) + '\n';
      }
    }
  }
  if (form == exposition::openmetrics) out += "# EOF\n";
  return out;
}

}  // namespace enlace
