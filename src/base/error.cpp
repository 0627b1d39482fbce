#include <array>
#include <cmath>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <enlace/error.hpp>

#include "base/serialisable.hpp"
#include "base/utf8.hpp"

namespace enlace {
namespace {

namespace json = boost::json;

// In the order of the enumeration. An unusable answer (EXTERNAL_API_ERROR) is not known to be passing: an upstream's
// own failure document has this code too. Who knows better sets `retryable`.
constexpr std::array<error_facts, 12> facts{{
    {"VALIDATION_ERROR", 1002, 422, "validation", false},
    {"AUTHENTICATION_FAILED", 2001, 401, "authentication", false},
    {"PERMISSION_DENIED", 2000, 403, "permission", false},
    {"NOT_FOUND", 1001, 404, "not_found", false},
    {"TIMEOUT_ERROR", 4003, 504, "timeout", true},
    {"RATE_LIMITED", 3001, 429, "rate_limited", true},
    {"SERVICE_UNAVAILABLE", 4000, 503, "unavailable", true},
    {"COMMUNICATION_ERROR", 4002, 503, "communication", true},
    {"EXTERNAL_API_ERROR", 4001, 502, "external", false},
    {"TENANT_ISOLATION_BREACH", 2003, 403, "isolation", false},
    {"CONFIGURATION_ERROR", 1010, 500, "configuration", false},
    {"CANCELLED", 1020, 499, "cancelled", false},
}};

json::string writable(std::string_view text) {
  return is_valid_utf8(text) ? json::string(text) : json::string(to_valid_utf8(text));
}

json::value writable(double number) { return std::isfinite(number) ? json::value(number) : json::value(); }

}  // namespace

const error_facts& facts_of(error_code code) noexcept { return facts[static_cast<std::size_t>(code)]; }

std::optional<error_code> error_code_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].name == name) return static_cast<error_code>(i);
  }
  return std::nullopt;
}

error_code error_code_for_status(int status) noexcept {
  switch (status) {
    case 400:
    case 422:
      return error_code::validation_error;
    case 401:
      return error_code::authentication_failed;
    case 403:
      return error_code::permission_denied;
    case 404:
    case 410:
      return error_code::not_found;
    case 408:
    case 504:
      return error_code::timeout_error;
    case 429:
      return error_code::rate_limited;
    default:
      return status >= 500 && status <= 599 ? error_code::service_unavailable : error_code::communication_error;
  }
}

bool status_is_retryable(int status) noexcept {
  if (status == 408 || status == 425 || status == 429) return true;
  return status >= 500 && status <= 599 && status != 501 && status != 505;
}

error::error(error_code which, std::string text) : error(which, std::move(text), json::object()) {}

error::error(error_code which, std::string text, json::object more)
    : code(which),
      message(std::move(text)),
      number(facts_of(which).number),
      status(facts_of(which).status),
      retryable(facts_of(which).retryable),
      details(std::move(more)) {}

std::string_view error::code_name() const noexcept {
  return upstream_code.empty() ? facts_of(code).name : std::string_view(upstream_code);
}

json::object error::to_json() const {
  json::object out;
  out.reserve(10);
  out["message"] = writable(message);
  const json::string name = writable(code_name());
  out["code"] = name;
  out["error_code"] = name;
  out["number"] = number;
  out["status"] = status;
  out["type"] = type();
  out["retryable"] = retryable;
  out["retry_after"] = retry_after ? writable(retry_after->count()) : json::value();
  json::object& facts_sent = out["details"].emplace_object();
  facts_sent = details;
  if (cause) {
    json::object origin;
    origin["code"] = cause->code_name();
    origin["message"] = cause->message;
    facts_sent["cause"] = std::move(origin);
  }
  make_serialisable(facts_sent);
  // By one division of a whole number, which is exact to the digit; the conversion of durations is not.
  const auto since_epoch = std::chrono::duration_cast<std::chrono::microseconds>(timestamp.time_since_epoch());
  out["timestamp"] = static_cast<double>(since_epoch.count()) / 1e6;
  return out;
}

}  // namespace enlace
