#include "message/upstream_error.hpp"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace enlace {
namespace {

/// Later than anything real, and far from where a clock's count overflows.
constexpr double latest_timestamp = 4e9;
constexpr double longest_wait = 1e9;

std::string code_of(const json::value& value) {
  if (const json::string* text = value.if_string()) return std::string(*text);
  if (const std::int64_t* number = value.if_int64()) return std::to_string(*number);
  if (const std::uint64_t* number = value.if_uint64()) return std::to_string(*number);
  return {};
}

/// The first of the named members that `read` makes something of.
template <class Read>
std::string first_of(const json::object& object, std::initializer_list<std::string_view> names, Read read) {
  for (const std::string_view name : names) {
    const json::value* member = object.if_contains(name);
    if (member == nullptr) continue;
    std::string found = read(*member);
    if (!found.empty()) return found;
  }
  return {};
}

std::string string_of(const json::value& value) {
  const json::string* text = value.if_string();
  return text == nullptr ? std::string() : std::string(*text);
}

std::optional<double> number_in(const json::object& object, std::string_view name, double limit) {
  const json::value* member = object.if_contains(name);
  if (member == nullptr || !member->is_number()) return std::nullopt;
  const double number = member->to_number<double>();
  if (!(number >= 0 && number <= limit)) return std::nullopt;
  return number;
}

json::object as_object(json::value&& said) {
  json::object object;
  if (json::object* whole = said.if_object()) {
    object = std::move(*whole);
  } else if (said.is_string()) {
    object["message"] = std::move(said);
  } else if (!said.is_null()) {
    object["error"] = std::move(said);
  }
  return object;
}

/// Whether the member says what `made` says anyway.
bool is_said(std::string_view name, const json::value& value, const error& made) {
  if (value.is_null()) return true;
  if (name == "code" || name == "error_code") {
    return code_of(value) == made.code_name() || value == json::value(made.number);
  }
  if (name == "message") return value.is_string();
  if (name == "number") return value == json::value(made.number);
  if (name == "status") return value == json::value(made.status);
  if (name == "type") return value == json::value(made.type());
  if (name == "retryable") return value.is_bool();
  if (name == "retry_after") return made.retry_after.has_value();
  if (name == "timestamp") return value.is_number() && value.to_number<double>() <= latest_timestamp;
  return name == "details" && value.is_object();
}

}  // namespace

std::optional<std::string> text_of(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  if (value.is_string()) return string_of(value);
  std::string text;
  append_json(text, value);
  return text;
}

std::string code_of_error(const json::object& error_object) {
  return first_of(error_object, {"error_code", "code"}, code_of);
}

std::string code_in(const json::object& document) {
  const auto inside = [](const json::value& value) {
    const json::object* object = value.if_object();
    return object == nullptr ? std::string() : code_of_error(*object);
  };
  std::string found = first_of(document, {"error", "detail"}, inside);
  return found.empty() ? code_of_error(document) : found;
}

std::string message_in(const json::object& document) {
  const auto itself_or_inside = [](const json::value& value) {
    const json::object* object = value.if_object();
    return object == nullptr ? string_of(value) : first_of(*object, {"message"}, string_of);
  };
  return first_of(document, {"message", "error", "detail", "title"}, itself_or_inside);
}

std::optional<seconds_d> retry_after_in(const json::object& error_object) {
  const std::optional<double> seconds = number_in(error_object, "retry_after", longest_wait);
  if (!seconds) return std::nullopt;
  return seconds_d(*seconds);
}

error error_from_envelope(json::value&& said, error_code otherwise) {
  json::object object = as_object(std::move(said));
  std::string code = code_of_error(object);
  const std::optional<error_code> known = error_code_named(code);
  error made(known.value_or(otherwise), {});
  if (!known) made.upstream_code = std::move(code);
  if (const json::value* message = object.if_contains("message")) made.message = text_of(*message).value_or("");
  if (const json::value* retryable = object.if_contains("retryable"); retryable != nullptr && retryable->is_bool()) {
    made.retryable = retryable->get_bool();
  }
  made.retry_after = retry_after_in(object);
  if (const std::optional<double> at = number_in(object, "timestamp", latest_timestamp)) {
    made.timestamp = wall_time(std::chrono::duration_cast<wall_time::duration>(seconds_d(*at)));
  }
  json::value* details = object.if_contains("details");
  if (details != nullptr && details->is_object()) made.details = std::move(details->get_object());
  for (json::key_value_pair& member : object) {
    if (!is_said(member.key(), member.value(), made)) made.details.emplace(member.key(), std::move(member.value()));
  }
  return made;
}

void lay_over(json::object& details, json::object ours) {
  json::object below;
  for (json::key_value_pair& member : details) {
    const json::value* own = ours.if_contains(member.key());
    if (own == nullptr) {
      ours.emplace(member.key(), std::move(member.value()));
    } else if (*own != member.value()) {
      below.emplace(member.key(), std::move(member.value()));
    }
  }
  if (!below.empty()) {
    if (json::value* deeper = ours.if_contains("upstream")) below.emplace("upstream", std::move(*deeper));
    ours["upstream"] = std::move(below);
  }
  details = std::move(ours);
}

}  // namespace enlace
