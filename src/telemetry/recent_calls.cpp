#include "telemetry/recent_calls.hpp"

#include <chrono>
#include <new>

#include <enlace/url.hpp>

#include "telemetry/metrics.hpp"

namespace enlace {

namespace {

double milliseconds_of(duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

std::string hex(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string made;
  for (const std::uint8_t byte : bytes) {
    made.push_back(digits[byte >> 4U]);
    made.push_back(digits[byte & 15U]);
  }
  return made;
}

kept_call keep(const call_event& over, std::uint64_t id) {
  kept_call made;
  made.id = id;
  made.at = over.began;
  made.service = over.service;
  made.operation = over.operation;
  made.method = over.method;
  if (over.target != nullptr) made.url = over.target->redacted();
  made.status = over.status;
  made.attempts = over.attempts;
  made.elapsed = over.elapsed;
  if (over.failed != nullptr) {
    made.code = over.failed->code_name();
    made.message = over.failed->message;
  }
  made.tenant = over.tenant;
  made.trace_id = hex(over.place.trace_id);
  made.cached = over.cached;
  made.breaker = over.breaker;
  made.stream = over.stream;
  made.trail.assign(over.trail.begin(), over.trail.end());
  return made;
}

}  // namespace

json::object kept_call::to_json() const {
  const double epoch_s = std::chrono::duration<double>(at.time_since_epoch()).count();
  json::array lines;
  for (const trail_entry& line : trail) {
    lines.push_back(object("at_ms", milliseconds_of(line.at), "what", line.what, "why", line.why));
  }
  json::object made =
      object("id", id, "at", epoch_s, "service", service, "operation", operation, "method", method, "url", url,
             "status", status, "attempts", attempts, "elapsed_ms", milliseconds_of(elapsed));
  made["code"] = code;
  made["message"] = message;
  made["tenant"] = tenant;
  made["trace_id"] = trace_id;
  made["cached"] = cached == cache_use::none ? json::value(false) : json::value(name_of(cached));
  made["breaker"] = name_of(breaker);
  made["stream"] = stream;
  made["trail"] = std::move(lines);
  return made;
}

void recent_calls::on_call(const call_event& over) noexcept {
  const bool slow = (over.stream ? over.first_event.value_or(over.elapsed) : over.elapsed) > slow_after_;
  if (over.failed == nullptr && !slow) return;
  try {
    const bool rejected = over.failed != nullptr && outcome_of(over) == service_metrics::outcome::rejected;
    const std::lock_guard lock(mutex_);
    std::deque<kept_call>& place = rejected ? rejected_ : over.failed != nullptr ? failed_ : slow_;
    place.push_front(keep(over, ++seen_));
    if (place.size() > (rejected ? rejected_most : most_)) place.pop_back();
  } catch (const std::bad_alloc&) {
    return;  // not remembered, then
  }
}

json::array recent_calls::failed() const {
  json::array made;
  const std::lock_guard lock(mutex_);
  auto rejected = rejected_.begin();
  for (const kept_call& each : failed_) {
    for (; rejected != rejected_.end() && rejected->id > each.id; ++rejected) made.push_back(rejected->to_json());
    made.push_back(each.to_json());
  }
  for (; rejected != rejected_.end(); ++rejected) made.push_back(rejected->to_json());
  return made;
}

json::array recent_calls::slow() const {
  json::array made;
  const std::lock_guard lock(mutex_);
  for (const kept_call& each : slow_) made.push_back(each.to_json());
  return made;
}

}  // namespace enlace
