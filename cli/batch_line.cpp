#include "cli/batch_line.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "config/duration_text.hpp"
#include "config/nearest_name.hpp"

namespace enlace::cli {

namespace {

using problem = std::optional<error>;

error invalid(std::string_view field, std::string message) {
  return {error_code::validation_error, std::move(message), object("field", field)};
}

error wrong_type(std::string_view name, std::string_view wanted) {
  return invalid(name, std::string(name).append(" must be ").append(wanted));
}

/// What a member must be, and what becomes of it.
struct member {
  std::string_view name;
  std::string_view wanted;
  /// False when it is not as wanted.
  bool (*apply)(request& made, const json::value& value);
};

template <class Set>
bool with_text(const json::value& value, Set set) {
  const json::string* text = value.if_string();
  if (text != nullptr) set(std::string(*text));
  return text != nullptr;
}

template <class Set>
bool with_flag(const json::value& value, Set set) {
  const bool* flag = value.if_bool();
  if (flag != nullptr) set(*flag);
  return flag != nullptr;
}

template <class Set>
bool with_duration(const json::value& value, Set set) {
  if (value.is_number()) {
    set(seconds_d(value.to_number<double>()));
    return true;
  }
  const json::string* text = value.if_string();
  if (text == nullptr) return false;
  const result<duration> read = parse_duration(*text);
  if (read) set(seconds_d(*read));
  return read.has_value();
}

bool with_headers(request& made, const json::value& value) {
  const json::object* fields = value.if_object();
  if (fields == nullptr) return false;
  return std::ranges::all_of(*fields, [&made](const json::key_value_pair& field) {
    const json::string* text = field.value().if_string();
    if (text != nullptr) made.header(field.key(), *text);
    return text != nullptr;
  });
}

bool with_attempts(request& made, const json::value& value) {
  boost::system::error_code none;
  const auto count = value.to_number<std::int64_t>(none);
  if (none) return false;
  constexpr std::int64_t most = std::numeric_limits<int>::max();
  made.max_attempts(static_cast<int>(std::clamp(count, std::int64_t{0}, most)));
  return true;
}

constexpr std::string_view a_text = "a string";
constexpr std::string_view a_flag = "true or false";
constexpr std::string_view a_duration = "a duration like \"2.5s\" or a number of seconds";

constexpr std::array<member, 15> members{{
    {"method", a_text, [](request&, const json::value& v) { return v.is_string(); }},
    {"url", a_text, [](request&, const json::value& v) { return v.is_string(); }},
    {"data", "", [](request& r, const json::value& v) { return r.data(v), true; }},
    {"headers", "an object of strings", with_headers},
    {"tenant", a_text,
     [](request& r, const json::value& v) { return with_text(v, [&](std::string t) { r.tenant(std::move(t)); }); }},
    {"agent", a_text,
     [](request& r, const json::value& v) { return with_text(v, [&](std::string t) { r.agent(std::move(t)); }); }},
    {"conversation", a_text,
     [](request& r, const json::value& v) {
       return with_text(v, [&](std::string t) { r.conversation(std::move(t)); });
     }},
    {"collection", a_text,
     [](request& r, const json::value& v) { return with_text(v, [&](std::string t) { r.collection(std::move(t)); }); }},
    {"operation", a_text,
     [](request& r, const json::value& v) { return with_text(v, [&](const std::string& t) { r.operation(t); }); }},
    {"timeout", a_duration,
     [](request& r, const json::value& v) { return with_duration(v, [&](seconds_d d) { r.timeout(d); }); }},
    {"max_attempts", "a whole number", with_attempts},
    {"idempotent", a_flag,
     [](request& r, const json::value& v) { return with_flag(v, [&](bool yes) { r.idempotent(yes); }); }},
    {"idempotency_key", a_text,
     [](request& r, const json::value& v) {
       return with_text(v, [&](const std::string& t) { r.idempotency_key(t); });
     }},
    {"use_cache", a_flag,
     [](request& r, const json::value& v) { return with_flag(v, [&](bool yes) { r.use_cache(yes); }); }},
    {"cache_ttl", a_duration,
     [](request& r, const json::value& v) { return with_duration(v, [&](seconds_d d) { r.cache_ttl(d); }); }},
}};

error unknown(std::string_view name) {
  std::array<std::string_view, members.size()> names;
  std::ranges::transform(members, names.begin(), &member::name);
  // Never a name of any length, nor one with controls, in a message.
  constexpr std::size_t shown = 64;
  std::string message = "a request has no member \"" + std::string(name.substr(0, shown)) + '"';
  if (const auto near = nearest_name(name.substr(0, shown), names)) message.append("; did you mean ").append(*near);
  return invalid(name.substr(0, shown), std::move(message));
}

problem apply(request& made, const json::key_value_pair& given) {
  const auto* known = std::ranges::find(members, std::string_view(given.key()), &member::name);
  if (known == members.end()) return unknown(given.key());
  // As everywhere in JSON APIs, null says nothing; data alone may be null.
  if (given.value().is_null() && known->name != "data") return std::nullopt;
  if (!known->apply(made, given.value())) return wrong_type(known->name, known->wanted);
  return std::nullopt;
}

std::string_view text_or(const json::object& line, std::string_view name, std::string_view otherwise) {
  const json::value* found = line.if_contains(name);
  return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : otherwise;
}

}  // namespace

result<request> read_batch_line(std::string_view line, const request_defaults& defaults) {
  result<json::value> parsed = parse_json(line);
  if (!parsed) return invalid("line", "a request is a JSON object on one line: " + parsed.error().message);
  const json::object* given = parsed->if_object();
  if (given == nullptr) return invalid("line", "a request is a JSON object, like {\"url\": \"http://localhost/\"}");
  request made = defaults.make(text_or(*given, "method", default_method), text_or(*given, "url", ""));
  for (const json::key_value_pair& each : *given) {
    if (problem wrong = apply(made, each)) return *std::move(wrong);
  }
  if (text_or(*given, "url", "").empty()) return invalid("url", "a request needs a url");
  return made;
}

}  // namespace enlace::cli
