#include "telemetry/span_record.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "telemetry/safe_text.hpp"

namespace enlace {

namespace {

// What a span may hold of what others determine, in bytes and pieces.
constexpr std::size_t span_name_most = 256;
constexpr std::size_t span_url_most = 4096;
constexpr std::size_t span_message_most = 1024;
constexpr std::size_t span_why_most = 512;
constexpr std::size_t span_events_most = 32;

// Those that the conventions list; a method that is not among them would make a series of its own at the receiver.
constexpr std::array<std::string_view, 10> known_methods{"GET",     "POST",    "PUT",   "DELETE", "PATCH",
                                                         "OPTIONS", "CONNECT", "TRACE", "HEAD",   "QUERY"};

std::int64_t unix_ns(wall_time when) noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
}

std::int64_t ns_of(duration length) noexcept {
  return std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(length).count(), 0);
}

std::string cut(std::string_view text, std::size_t most) { return std::string(text.substr(0, most)); }

void add(span_record& to, std::string_view key, std::string value) {
  span_attribute& made = to.attributes.emplace_back();
  made.key = key;
  made.text = std::move(value);
}

void add(span_record& to, std::string_view key, std::int64_t value) {
  span_attribute& made = to.attributes.emplace_back();
  made.key = key;
  made.number = value;
}

void add_method(span_record& to, std::string_view method) {
  if (std::find(known_methods.begin(), known_methods.end(), method) != known_methods.end()) {
    to.name = method;
    add(to, "http.request.method", std::string(method));
    return;
  }
  to.name = "HTTP";
  add(to, "http.request.method", std::string("_OTHER"));
  add(to, "http.request.method_original", cut(method, span_name_most));
}

void add_target(span_record& to, const url& target) {
  const endpoint& where = target.endpoint();
  if (where.unix_path.empty()) {
    add(to, "server.address", where.host);
    add(to, "server.port", std::int64_t{where.port});
  } else {
    add(to, "server.address", where.unix_path);
  }
  std::string shown = target.redacted();
  if (shown.size() > span_url_most) shown.resize(span_url_most);
  add(to, "url.full", std::move(shown));
}

void add_trail(span_record& to, const call_event& over) {
  const std::size_t kept = std::min(over.trail.size(), span_events_most);
  to.events.reserve(kept);
  for (const trail_entry& each : over.trail.first(kept)) {
    span_event& made = to.events.emplace_back();
    made.at_ns = to.start_ns + ns_of(each.at);
    made.name = safe_message(each.what, span_name_most);
    made.why = safe_message(each.why, span_why_most);
  }
  to.dropped_events = static_cast<std::uint32_t>(over.trail.size() - kept);
}

}  // namespace

span_record span_of(const attempt_event& over) {
  span_record made;
  made.place = over.place;
  made.kind = span_kind::client;
  made.start_ns = unix_ns(over.began);
  made.end_ns = made.start_ns + ns_of(over.elapsed);
  made.attributes.reserve(11);
  add_method(made, over.method);
  if (over.target != nullptr) add_target(made, *over.target);
  if (over.status != 0) add(made, "http.response.status_code", std::int64_t{over.status});
  std::array<char, 4> digits{};
  const std::string_view type = error_type_of(over, digits);
  if (!type.empty()) {
    made.failed = true;
    add(made, "error.type", std::string(type));
  }
  if (over.number > 1) add(made, "http.request.resend_count", std::int64_t{over.number - 1});
  if (over.status != 0) add(made, "network.protocol.version", std::string("1.1"));
  add(made, "enlace.service", cut(over.service, span_name_most));
  add(made, "enlace.operation", cut(over.operation, span_name_most));
  return made;
}

span_record span_of(const call_event& over) {
  span_record made;
  made.place = over.place;
  made.kind = span_kind::internal;
  const std::string service = cut(over.service, span_name_most);
  const std::string operation = cut(over.operation, span_name_most);
  made.name.reserve(service.size() + 1 + operation.size());
  made.name.append(service).append(" ").append(operation);
  made.start_ns = unix_ns(over.began);
  made.end_ns = made.start_ns + ns_of(over.elapsed);
  made.attributes.reserve(7);
  add(made, "enlace.service", service);
  add(made, "enlace.operation", operation);
  add(made, "enlace.attempts", std::int64_t{over.attempts});
  add(made, "enlace.cached", std::string(name_of(over.cached)));
  add(made, "enlace.breaker", std::string(name_of(over.breaker)));
  if (over.stream) add(made, "enlace.stream.events", static_cast<std::int64_t>(over.events));
  if (over.failed != nullptr) {
    made.failed = true;
    // Our own name of it: an upstream's own codes can be of any number.
    add(made, "error.type", std::string(facts_of(over.failed->code).name));
    made.message = safe_message(over.failed->message, span_message_most);
  }
  add_trail(made, over);
  made.link = over.shared_with;
  return made;
}

}  // namespace enlace
