#include "server/health_document.hpp"

#include <charconv>
#include <utility>

#include <enlace/headers.hpp>

#include "codec/comma_list.hpp"

namespace enlace {

namespace {

double milliseconds_of(duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

/// The weight of a media range, 0 to 1; 1 where it says none or what can't be read.
double weight_in(std::string_view range) noexcept {
  for (std::size_t at = range.find(';'); at != std::string_view::npos; at = range.find(';')) {
    range.remove_prefix(at + 1);
    const std::string_view parameter = trim_ows(range.substr(0, range.find(';')));
    if (parameter.size() < 2 || !equals_ignoring_case(parameter.substr(0, 2), "q=")) continue;
    double weight = 1;
    const std::from_chars_result read =
        std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
    return read.ec == std::errc() ? weight : 1;
  }
  return 1;
}

}  // namespace

json::object health_document(std::string_view service, std::string_view version, std::string_view status,
                             json::object components, wall_time now) {
  const seconds_d timestamp = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  return object("service", service, "version", version, "status", status, "timestamp", timestamp.count(), "components",
                std::move(components));
}

json::object components_of(const std::vector<health_part>& parts) {
  json::object made;
  for (const health_part& part : parts) {
    json::object said = object("status", name_of(part.status));
    if (part.latency) said["latency_ms"] = milliseconds_of(*part.latency);
    if (!part.why.empty()) said["why"] = part.why;
    for (const json::key_value_pair& each : part.more) said[each.key()] = each.value();
    made[part.name] = std::move(said);
  }
  return made;
}

std::string_view health_json_status(health_status status) noexcept {
  switch (status) {
    case health_status::available:
      return "pass";
    case health_status::degraded:
      return "warn";
    case health_status::unavailable:
      break;
  }
  return "fail";
}

json::object health_json_document(std::string_view service, std::string_view version, health_status status,
                                  const std::vector<health_part>& parts) {
  json::object checks;
  for (const health_part& part : parts) {
    json::object said = object("componentType", "component", "status", health_json_status(part.status));
    if (part.latency) {
      said["observedValue"] = milliseconds_of(*part.latency);
      said["observedUnit"] = "ms";
    }
    if (!part.why.empty()) said["output"] = part.why;
    for (const json::key_value_pair& each : part.more) said[each.key()] = each.value();
    checks[part.latency ? part.name + ":responseTime" : part.name] = array(std::move(said));
  }
  return object("status", health_json_status(status), "version", version, "serviceId", service, "checks",
                std::move(checks));
}

bool wants_health_json(std::string_view accept) noexcept {
  double health = 0;
  double plain = 0;
  bool health_first = false;
  for_each_element(accept, [&](std::string_view range) {
    const std::string_view type = trim_ows(range.substr(0, range.find(';')));
    if (equals_ignoring_case(type, health_json_type)) {
      health = weight_in(range);
      health_first = plain == 0;
    } else if (equals_ignoring_case(type, "application/json")) {
      plain = weight_in(range);
    }
  });
  return health > 0 && (health > plain || (health == plain && health_first));
}

}  // namespace enlace
