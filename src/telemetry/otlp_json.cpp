#include "telemetry/otlp_json.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "telemetry/safe_text.hpp"

namespace enlace {

namespace {

const wall_time loaded_at = std::chrono::system_clock::now();

constexpr int cumulative = 2;
constexpr int status_error = 2;

template <class Number>
void append_number(text_buffer& out, Number value) {
  constexpr std::size_t most = 32;
  char* digits = out.room(most);
  out.took(static_cast<std::size_t>(std::to_chars(digits, digits + most, value).ptr - digits));
}

template <class Number>
void append_quoted_number(text_buffer& out, Number value) {
  out.push_back('"');
  append_number(out, value);
  out.push_back('"');
}

template <std::size_t Size>
void append_time(text_buffer& out, const char (&name)[Size], std::int64_t ns) {
  out.append("\"").append(name).append("\":");
  append_quoted_number(out, std::max<std::int64_t>(ns, 0));
}

template <std::size_t Size>
void append_time(text_buffer& out, const char (&name)[Size], wall_time when) {
  append_time(out, name, std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count());
}

/// `"name":"0a1b..."`
template <std::size_t Size>
void append_id(text_buffer& out, const char (&name)[Size], std::span<const std::uint8_t> id) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.append("\"").append(name).append("\":\"");
  char* at = out.room(2 * id.size());
  for (const std::uint8_t byte : id) {
    *at++ = digits[byte >> 4U];
    *at++ = digits[byte & 15U];
  }
  out.took(2 * id.size());
  out.push_back('"');
}

bool is_zero(std::span<const std::uint8_t> id) noexcept {
  return std::all_of(id.begin(), id.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool is_place(const span_place& place) noexcept { return !is_zero(place.trace_id) && !is_zero(place.span_id); }

/// A comma, but for the first of a list.
void separate(text_buffer& out) {
  if (out.back() != '[' && out.back() != '{') out.push_back(',');
}

void open_attribute(text_buffer& out, std::string_view key) {
  separate(out);
  out.append("{\"key\":");
  append_json_string(out, key);
}

void append_attribute(text_buffer& out, std::string_view key, std::string_view value) {
  open_attribute(out, key);
  out.append(",\"value\":{\"stringValue\":");
  append_json_string(out, value);
  out.append("}}");
}

void append_attribute(text_buffer& out, std::string_view key, std::int64_t value) {
  open_attribute(out, key);
  out.append(",\"value\":{\"intValue\":");
  append_quoted_number(out, value);
  out.append("}}");
}

/// Its key is a literal, in which nothing must be escaped.
void append_attribute(text_buffer& out, const span_attribute& one) {
  separate(out);
  out.append("{\"key\":\"").append(one.key);
  if (one.number) {
    out.append("\",\"value\":{\"intValue\":");
    append_quoted_number(out, *one.number);
  } else {
    out.append("\",\"value\":{\"stringValue\":");
    append_json_string(out, one.text);
  }
  out.append("}}");
}

/// `{"outer":[{"resource":{...},"inner":[{"scope":{"name":"enlace"},"LIST":[`
void open_request(text_buffer& out, const otlp_resource& from, std::string_view outer, std::string_view inner,
                  std::string_view list) {
  out.append("{\"").append(outer).append("\":[{\"resource\":{\"attributes\":[");
  append_attribute(out, "service.name",
                   from.service_name.empty() ? std::string_view("unknown_service") : from.service_name);
  if (!from.service_version.empty()) append_attribute(out, "service.version", from.service_version);
  if (!from.instance_id.empty()) append_attribute(out, "service.instance.id", from.instance_id);
  append_attribute(out, "telemetry.sdk.name", "enlace");
  append_attribute(out, "telemetry.sdk.language", "cpp");
  out.append("]},\"").append(inner).append("\":[{\"scope\":{\"name\":\"enlace\"},\"").append(list).append("\":[");
}

constexpr std::string_view request_end = "]}]}]}";

void append_events(text_buffer& out, const span_record& one) {
  if (!one.events.empty()) {
    out.append(",\"events\":[");
    for (const span_event& each : one.events) {
      separate(out);
      out.push_back('{');
      append_time(out, "timeUnixNano", each.at_ns);
      out.append(",\"name\":");
      append_json_string(out, each.name);
      out.append(",\"attributes\":[");
      if (!each.why.empty()) append_attribute(out, "enlace.why", each.why);
      out.append("]}");
    }
    out.push_back(']');
  }
  if (one.dropped_events != 0) {
    out.append(",\"droppedEventsCount\":");
    append_number(out, one.dropped_events);
  }
}

void append_status(text_buffer& out, const span_record& one) {
  out.append(",\"status\":{\"code\":");
  append_number(out, status_error);
  if (!one.message.empty()) {
    out.append(",\"message\":");
    append_json_string(out, one.message);
  }
  out.push_back('}');
}

void append_span(text_buffer& out, const span_record& one) {
  out.push_back('{');
  append_id(out, "traceId", one.place.trace_id);
  out.push_back(',');
  append_id(out, "spanId", one.place.span_id);
  if (!is_zero(one.place.parent_id)) {
    out.push_back(',');
    append_id(out, "parentSpanId", one.place.parent_id);
  }
  // The flags of the trace; of an attempt also that its parent, the call, is of this process.
  constexpr unsigned parent_known = 0x100;
  out.append(",\"flags\":");
  append_number(out, (one.place.sampled ? 1U : 0U) | (one.kind == span_kind::client ? parent_known : 0U));
  out.append(",\"name\":");
  append_json_string(out, one.name.empty() ? std::string_view("enlace") : one.name);
  out.append(",\"kind\":");
  append_number(out, static_cast<int>(one.kind));
  out.push_back(',');
  append_time(out, "startTimeUnixNano", one.start_ns);
  out.push_back(',');
  append_time(out, "endTimeUnixNano", std::max(one.end_ns, one.start_ns));
  out.append(",\"attributes\":[");
  for (const span_attribute& each : one.attributes) append_attribute(out, each);
  out.push_back(']');
  append_events(out, one);
  if (one.link && is_place(*one.link)) {
    out.append(",\"links\":[{");
    append_id(out, "traceId", one.link->trace_id);
    out.push_back(',');
    append_id(out, "spanId", one.link->span_id);
    out.append("}]");
  }
  if (one.failed) append_status(out, one);
  out.push_back('}');
}

/// Labels are text; those that the conventions have as numbers are written as such.
void append_label(text_buffer& out, const std::pair<std::string, std::string>& label) {
  const auto& [key, value] = label;
  if (key == "server.port" || key == "http.response.status_code") {
    std::int64_t number = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    if (read.ec == std::errc() && read.ptr == value.data() + value.size()) return append_attribute(out, key, number);
  }
  // As in spans: a collector hears of many things, and each has its own names. Prometheus wants them short.
  if (key.find('.') != std::string::npos) return append_attribute(out, key, value);
  append_attribute(out, "enlace." + key, value);
}

void open_point(text_buffer& out, const metric_point& point, wall_time since, wall_time now) {
  separate(out);
  out.append("{\"attributes\":[");
  for (const auto& each : point.labels) append_label(out, each);
  out.append("],");
  append_time(out, "startTimeUnixNano", std::min(since, now));
  out.push_back(',');
  append_time(out, "timeUnixNano", now);
}

void append_exemplars(text_buffer& out, const histogram_data& data) {
  out.append(",\"exemplars\":[");
  for (const exemplar& each : data.exemplars) {
    if (!is_place(each.place) || !std::isfinite(each.seconds)) continue;
    separate(out);
    out.push_back('{');
    append_time(out, "timeUnixNano", each.at);
    out.append(",\"asDouble\":");
    append_number(out, each.seconds);
    out.push_back(',');
    append_id(out, "spanId", each.place.span_id);
    out.push_back(',');
    append_id(out, "traceId", each.place.trace_id);
    out.push_back('}');
  }
  out.push_back(']');
}

void append_distribution(text_buffer& out, const histogram_data& data, std::span<const double> bounds) {
  out.append(",\"count\":");
  append_quoted_number(out, data.count);
  if (std::isfinite(data.sum_seconds)) {
    out.append(",\"sum\":");
    append_number(out, data.sum_seconds);
  }
  out.append(",\"bucketCounts\":[");
  std::uint64_t below = 0;
  for (const double bound : bounds) {
    const std::uint64_t up_to = std::clamp(data.at_most(bound), below, data.count);
    separate(out);
    append_quoted_number(out, up_to - below);
    below = up_to;
  }
  separate(out);
  append_quoted_number(out, data.count - below);
  out.append("],\"explicitBounds\":[");
  for (const double bound : bounds) {
    separate(out);
    append_number(out, bound);
  }
  out.push_back(']');
  append_exemplars(out, data);
}

bool can_be_sent(const metric& one, const metric_point& point) noexcept {
  if (one.kind == metric_kind::histogram) return point.distribution.has_value();
  return std::isfinite(point.value);
}

/// Counts are whole numbers, times are not; a metric keeps one form, whatever its value just is.
void append_point_value(text_buffer& out, const metric& one, double value) {
  if (one.kind == metric_kind::counter && one.unit != "s" && std::abs(value) < 0x1p63) {
    out.append(",\"asInt\":");
    append_quoted_number(out, static_cast<std::int64_t>(value));
    return;
  }
  out.append(",\"asDouble\":");
  append_number(out, value);
}

std::string_view data_name(metric_kind kind) noexcept {
  switch (kind) {
    case metric_kind::counter:
      return "sum";
    case metric_kind::gauge:
      return "gauge";
    case metric_kind::histogram:
      break;
  }
  return "histogram";
}

void append_metric(text_buffer& out, const metric& one, wall_time since, wall_time now) {
  const auto sent = [&](const metric_point& point) { return can_be_sent(one, point); };
  if (std::none_of(one.points.begin(), one.points.end(), sent)) return;
  separate(out);
  out.append("{\"name\":");
  append_json_string(out, one.name);
  out.append(",\"description\":");
  append_json_string(out, one.help);
  out.append(",\"unit\":");
  append_json_string(out, one.unit);
  out.append(",\"").append(data_name(one.kind)).append("\":{");
  if (one.kind != metric_kind::gauge) {
    out.append("\"aggregationTemporality\":");
    append_number(out, cumulative);
    if (one.kind == metric_kind::counter) out.append(",\"isMonotonic\":true");
    out.push_back(',');
  }
  out.append("\"dataPoints\":[");
  for (const metric_point& point : one.points) {
    if (!sent(point)) continue;
    open_point(out, point, since, now);
    if (one.kind == metric_kind::histogram) {
      append_distribution(out, *point.distribution, bounds_of(one));
    } else {
      append_point_value(out, one, point.value);
    }
    out.push_back('}');
  }
  out.append("]}}");
}

}  // namespace

void append_otlp_span(text_buffer& out, const span_record& one) {
  if (is_place(one.place)) append_span(out, one);
}

std::string open_otlp_traces(const otlp_resource& from) {
  text_buffer out;
  open_request(out, from, "resourceSpans", "scopeSpans", "spans");
  return std::move(out).text();
}

void add_otlp_span(std::string& request, std::string_view span) {
  if (span.empty()) return;
  if (request.back() != '[') request.push_back(',');
  request.append(span);
}

void close_otlp_traces(std::string& request) { request.append(request_end); }

std::string otlp_traces(const otlp_resource& from, std::span<const span_record> spans) {
  std::string request = open_otlp_traces(from);
  for (const span_record& each : spans) {
    text_buffer span;
    append_otlp_span(span, each);
    add_otlp_span(request, span.view());
  }
  close_otlp_traces(request);
  return request;
}

std::string otlp_metrics(const otlp_resource& from, const std::vector<metric>& all, wall_time since, wall_time now) {
  text_buffer out;
  open_request(out, from, "resourceMetrics", "scopeMetrics", "metrics");
  for (const metric& each : all) append_metric(out, each, since, now);
  out.append(request_end);
  return std::move(out).text();
}

wall_time process_start() noexcept { return loaded_at; }

}  // namespace enlace
