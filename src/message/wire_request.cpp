#include "message/wire_request.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <enlace/json.hpp>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "message/percent.hpp"

namespace enlace {
namespace {

constexpr std::string_view user_agent = "enlace/0.1";
constexpr std::size_t max_id_bytes = 1024;
// So that now plus any of them is still a point in time.
constexpr seconds_d longest{1e9};

using problem = std::optional<error>;

error invalid(std::string_view field, std::string message) {
  json::object details;
  details["field"] = field;
  return error(error_code::validation_error, std::move(message), std::move(details));
}

/// What of the data's place a method decides.
enum class data_place : std::uint8_t { query, body, nowhere };

problem read_method(std::string_view given, std::string& method, data_place& place) {
  struct standard {
    std::string_view name;
    data_place place;
  };
  static constexpr std::array<standard, 8> standards{{{"POST", data_place::body},
                                                      {"GET", data_place::query},
                                                      {"PUT", data_place::body},
                                                      {"PATCH", data_place::body},
                                                      {"DELETE", data_place::query},
                                                      {"HEAD", data_place::query},
                                                      {"OPTIONS", data_place::query},
                                                      {"TRACE", data_place::nowhere}}};
  for (const standard& each : standards) {
    if (!equals_ignoring_case(given, each.name)) continue;
    method = each.name;
    place = each.place;
    return std::nullopt;
  }
  if (!is_token(given)) {
    return invalid("method", "the method must be one word of letters, digits and -_.!#$%&'*+^`|~, like POST");
  }
  if (equals_ignoring_case(given, "CONNECT")) {
    return invalid("method", "the method CONNECT opens a tunnel and can't be called; use another");
  }
  method = given;
  place = data_place::body;
  return std::nullopt;
}

problem check_time(std::string_view field, std::optional<seconds_d> time) {
  if (!time || (*time > seconds_d::zero() && *time <= longest)) return std::nullopt;
  return invalid(field, std::string(field).append(" must be more than 0 and at most 1000000000 seconds"));
}

problem check_settings(const request& asked) {
  if (problem wrong = check_time("timeout", asked.timeout())) return wrong;
  if (problem wrong = check_time("first_event_timeout", asked.first_event_timeout())) return wrong;
  if (problem wrong = check_time("between_events_timeout", asked.between_events_timeout())) return wrong;
  if (const std::optional<seconds_d> ttl = asked.cache_ttl()) {
    if (!(*ttl >= seconds_d::zero() && *ttl <= longest)) {
      return invalid("cache_ttl", "cache_ttl must be from 0 (do not cache) to 1000000000 seconds");
    }
  }
  if (asked.max_attempts() && *asked.max_attempts() < 1) {
    return invalid("max_attempts", "max_attempts counts the first attempt too and must be at least 1");
  }
  if (has_control(asked.operation())) {
    return invalid("operation", "operation has a control character; use a plain name like rag_query");
  }
  const std::string& key = asked.idempotency_key();
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
  if (!printable || key.size() > max_id_bytes || (!key.empty() && (key.front() == ' ' || key.back() == ' '))) {
    return invalid("idempotency_key",
                   "idempotency_key must be printable ASCII without spaces around it, at most 1024 bytes");
  }
  return std::nullopt;
}

/// What the transport alone may write, or what belongs to one connection (RFC 9110, 7.6.1).
bool is_forbidden(std::string_view name) noexcept {
  switch (name.size()) {
    case 2:
      return equals_ignoring_case(name, "TE");
    case 4:
      return equals_ignoring_case(name, "Host");
    case 7:
      return equals_ignoring_case(name, "Upgrade") || equals_ignoring_case(name, "Trailer");
    case 10:
      return equals_ignoring_case(name, "Connection");
    case 14:
      return equals_ignoring_case(name, "Content-Length");
    case 17:
      return equals_ignoring_case(name, "Transfer-Encoding");
    default:
      return false;
  }
}

problem copy_fields(const headers& given, headers& fields) {
  std::size_t bytes = 0;
  for (const headers::field at : given) bytes += at.name.size() + at.value.size();
  // Room for what is added here, so that it is allocated once.
  fields.reserve(given.size() + 4, bytes + 128);
  for (const headers::field at : given) {
    if (!is_token(at.name)) {
      return invalid("headers", "a header's name must be one word of letters, digits and -_.!#$%&'*+^`|~");
    }
    if (is_forbidden(at.name)) {
      return invalid("headers", "the header " + std::string(at.name) + " is written by the transport; remove it");
    }
    if (!is_header_value(at.value)) {
      return invalid("headers", "the value of the header " + std::string(at.name) +
                                    " has a control character (CR, LF, NUL, ...); remove it");
    }
    fields.add(at.name, at.value);
  }
  return std::nullopt;
}

error not_utf8() {
  return invalid("data", "data has a string that is not UTF-8; encode it, or send raw bytes by body()");
}

/// False when the key or the value is not UTF-8.
bool append_pair(std::string& query, std::string_view key, const json::value& value) {
  if (value.is_null()) return true;
  if (!query.empty()) query.push_back('&');
  append_percent_encoded(query, key);
  query.push_back('=');
  std::string written;
  const json::string* string = value.if_string();
  if (string == nullptr) append_canonical(written, value);
  const std::string_view text = string != nullptr ? std::string_view(*string) : written;
  append_percent_encoded(query, text);
  return is_valid_utf8(key) && is_valid_utf8(text);
}

problem data_to_query(const json::value& data, wire_request& wire) {
  const json::object* members = data.if_object();
  if (members == nullptr) {
    return invalid("data", "data of a " + wire.method +
                               " request becomes query parameters and must be an object; send other data by POST");
  }
  std::string query;
  bool utf8 = true;
  for (const json::key_value_pair& each : *members) {
    if (const json::array* list = each.value().if_array()) {
      for (const json::value& element : *list) utf8 = append_pair(query, each.key(), element) && utf8;
    } else {
      utf8 = append_pair(query, each.key(), each.value()) && utf8;
    }
  }
  if (!utf8) return not_utf8();
  wire.url_text.clear();
  wire.url.append_query(query);
  return std::nullopt;
}

problem data_to_body(const json::value& data, wire_request& wire) {
  wire.has_body = true;
  wire.body.reserve(256);
  append_json(wire.body, data);
  if (!is_valid_utf8(wire.body)) return not_utf8();
  return std::nullopt;
}

problem place_content(const request& asked, data_place place, wire_request& wire) {
  if (place == data_place::nowhere && (asked.body() || asked.data() || asked.body_stream())) {
    return invalid("data", "a " + wire.method + " request can't carry data or a body; use another method");
  }
  if (asked.body() || asked.body_stream()) {
    if (!is_header_value(asked.content_type())) {
      return invalid("content_type", "the content type has a control character (CR, LF, NUL, ...); remove it");
    }
    wire.has_body = true;
    if (!asked.body_stream()) wire.body = *asked.body();
    if (!asked.content_type().empty()) wire.fields.set("Content-Type", asked.content_type());
    return std::nullopt;
  }
  if (!asked.data()) return std::nullopt;
  if (has_non_finite(*asked.data())) {
    return invalid("data", "data has a NaN or an infinity, which JSON can't say; use null or a string");
  }
  if (place == data_place::query) return data_to_query(*asked.data(), wire);
  if (!wire.fields.contains("Content-Type")) wire.fields.add("Content-Type", "application/json");
  return data_to_body(*asked.data(), wire);
}

/// A string of structured fields (RFC 9651, 3.3.3).
std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

void add_own_fields(const request& asked, wire_request& wire) {
  if (!asked.idempotency_key().empty()) {
    wire.fields.set("Idempotency-Key", quoted(asked.idempotency_key()));
    wire.fields.set("X-Idempotency-Key", asked.idempotency_key());
  }
  if (!wire.fields.contains("Accept")) wire.fields.add("Accept", "application/json, */*;q=0.5");
  if (!wire.fields.contains("User-Agent")) wire.fields.add("User-Agent", user_agent);
  if (!wire.url.userinfo().empty() && !wire.fields.contains("Authorization")) {
    wire.fields.add("Authorization", "Basic " + base64_encode(wire.url.userinfo()));
  }
}

}  // namespace

std::optional<error> write_wire(const request& asked, wire_request& wire) {
  wire.fields.clear();
  wire.has_body = false;
  wire.body.clear();
  data_place place = data_place::body;
  if (problem wrong = read_method(asked.method(), wire.method, place)) return wrong;
  if (wire.url_text.empty() || wire.url_text != asked.url()) {
    wire.url_text.clear();
    result<url> target = url::parse(asked.url());
    if (!target) return target.error();
    wire.url = std::move(*target);
    wire.url_text = asked.url();
  }
  if (problem wrong = check_settings(asked)) return wrong;
  if (problem wrong = check_ids(asked.ids())) return wrong;
  if (problem wrong = copy_fields(asked.headers(), wire.fields)) return wrong;
  if (problem wrong = place_content(asked, place, wire)) return wrong;
  add_own_fields(asked, wire);
  return std::nullopt;
}

std::optional<error> check_ids(const context& ids) {
  struct named {
    std::string_view field;
    const std::optional<std::string>& value;
    std::size_t most_bytes;
  };
  // The context's own rules bound the last three: they are cut, not refused.
  constexpr std::size_t any = std::string::npos;
  const named all[] = {{"tenant", ids.tenant(), max_id_bytes},
                       {"agent", ids.agent(), max_id_bytes},
                       {"conversation", ids.conversation(), max_id_bytes},
                       {"collection", ids.collection(), max_id_bytes},
                       {"request_id", ids.request_id(), max_id_bytes},
                       {"correlation_id", ids.correlation_id(), max_id_bytes},
                       {"traceparent", ids.traceparent(), any},
                       {"tracestate", ids.tracestate(), any},
                       {"baggage", ids.baggage(), any}};
  for (const named& each : all) {
    if (!each.value) continue;
    if (each.value->size() > each.most_bytes) {
      return invalid(each.field, std::string(each.field).append(" is longer than 1024 bytes"));
    }
    if (has_control(*each.value)) {
      return invalid(each.field,
                     std::string(each.field).append(" has a control character (CR, LF, NUL, tab, ...); remove it"));
    }
  }
  return std::nullopt;
}

result<wire_request> to_wire(const request& asked) {
  result<wire_request> made(boost::system::in_place_value);
  if (problem wrong = write_wire(asked, *made)) made = *std::move(wrong);
  return made;
}

}  // namespace enlace
