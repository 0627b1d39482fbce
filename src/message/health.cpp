#include <algorithm>
#include <array>

#include <enlace/health.hpp>

namespace enlace {

namespace {

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return equals_ignoring_case(text, word); });
}

constexpr std::array<std::string_view, 5> unwell{"unavailable", "unhealthy", "fail", "down", "error"};
constexpr std::array<std::string_view, 2> half_well{"degraded", "warn"};

/// The object that says how the service is: the answer itself, or what an envelope put around it.
const json::object* body_of(const reply& answer) { return answer.data().if_object(); }

}  // namespace

std::string_view name_of(health_status status) noexcept {
  switch (status) {
    case health_status::available:
      return "available";
    case health_status::degraded:
      return "degraded";
    case health_status::unavailable:
      break;
  }
  return "unavailable";
}

json::object health_report::to_json() const {
  json::object made;
  made["service"] = service;
  made["status"] = name_of(status);
  made["latency_ms"] = std::chrono::duration<double, std::milli>(latency).count();
  made["components"] = components;
  if (!why.empty()) made["why"] = why;
  return made;
}

health_report read_health(std::string service, const reply& answer) {
  health_report report;
  report.service = std::move(service);
  if (!answer.success()) {
    report.why = answer.error().message;
    return report;
  }
  report.status = health_status::available;
  const json::object* body = body_of(answer);
  if (body == nullptr) return report;
  if (const json::value* parts = body->if_contains("components"); parts != nullptr && parts->is_object()) {
    report.components = parts->get_object();
  } else if (const json::value* checks = body->if_contains("checks"); checks != nullptr && checks->is_object()) {
    report.components = checks->get_object();
  }
  const json::value* said = body->if_contains("status");
  if (said == nullptr || !said->is_string()) return report;
  const std::string_view status = said->get_string();
  if (one_of(status, unwell)) report.status = health_status::unavailable;
  if (one_of(status, half_well)) report.status = health_status::degraded;
  if (report.status != health_status::available) {
    report.why = "the service says '" + std::string(status) + "'";
  }
  return report;
}

}  // namespace enlace
