#include <algorithm>
#include <array>
#include <optional>

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

/// The word with which the body says how the service is: its member `status`, or all of it where it is a text.
std::optional<std::string_view> word_of(const json::value& body) {
  const json::value* said = &body;
  if (const json::object* object = body.if_object()) {
    said = object->if_contains("status");
    // A text that is not JSON.
    if (said == nullptr && object->size() == 1) said = object->if_contains("text");
  }
  if (said == nullptr || !said->is_string()) return std::nullopt;
  std::string_view word = said->get_string();
  constexpr std::string_view space = " \t\r\n";
  word.remove_prefix(std::min(word.find_first_not_of(space), word.size()));
  return word.substr(0, word.find_last_not_of(space) + 1);
}

void take_components(const json::value& body, health_report& report) {
  const json::object* object = body.if_object();
  if (object == nullptr) return;
  for (const std::string_view name : {"components", "checks"}) {
    const json::value* parts = object->if_contains(name);
    if (parts == nullptr || !parts->is_object()) continue;
    report.components = parts->get_object();
    return;
  }
}

/// The body that a failure shows, if it is JSON and was not cut.
json::value shown_body(const error& failed) {
  const json::value* body = failed.details.if_contains("body");
  if (body == nullptr || !body->is_string()) return nullptr;
  const result<json::value> read = parse_json(body->get_string());
  return read ? *read : json::value();
}

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
    take_components(shown_body(answer.error()), report);
    return report;
  }
  const int status = answer.call().status;
  if (status < 200 || status > 299) {
    report.why = "it answered with " + std::to_string(status);
    return report;
  }
  report.status = health_status::available;
  take_components(answer.data(), report);
  const std::optional<std::string_view> word = word_of(answer.data());
  if (!word) return report;
  if (one_of(*word, unwell)) report.status = health_status::unavailable;
  if (one_of(*word, half_well)) report.status = health_status::degraded;
  if (report.status != health_status::available) {
    report.why = "the service says '" + std::string(*word) + "'";
  }
  return report;
}

}  // namespace enlace
