#include <chrono>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

#include <enlace/reply.hpp>

#include "base/serialisable.hpp"

namespace enlace {
namespace {

/// Thousandths are enough for whoever reads it, and keep binary fractions out of the text.
double rounded(double number) noexcept { return std::round(number * 1000.0) / 1000.0; }

json::value text_or_false(cache_use use) {
  return use == cache_use::none ? json::value(false) : json::value(name_of(use));
}

json::object to_json(const call_info& call) {
  json::object out;
  out.reserve(10);
  out["service"] = call.service;
  out["operation"] = call.operation;
  out["status"] = call.status == 0 ? json::value() : json::value(call.status);
  out["attempts"] = call.attempts;
  out["elapsed_ms"] = rounded(std::chrono::duration<double, std::milli>(call.elapsed).count());
  out["cached"] = text_or_false(call.cached);
  out["age_s"] = rounded(call.age.count());
  out["trace_id"] = call.trace_id;
  out["breaker"] = name_of(call.breaker);
  if (!call.upstream.is_null()) out["upstream"] = call.upstream;
  return out;
}

}  // namespace

std::string_view name_of(cache_use use) noexcept {
  switch (use) {
    case cache_use::none:
      return "none";
    case cache_use::fresh:
      return "fresh";
    case cache_use::stale:
      return "stale";
    case cache_use::shared:
      return "shared";
  }
  return "none";
}

std::string_view name_of(breaker_state state) noexcept {
  switch (state) {
    case breaker_state::closed:
      return "closed";
    case breaker_state::open:
      return "open";
    case breaker_state::half_open:
      return "half_open";
    case breaker_state::forced_open:
      return "forced_open";
    case breaker_state::forced_closed:
      return "forced_closed";
    case breaker_state::observe:
      return "observe";
  }
  return "closed";
}

struct reply::parts {
  std::optional<enlace::error> failed;
  /// Only a message that is not the error's, nor the usual one: most replies then need no memory for it.
  std::optional<std::string> message;
  json::value data;
  json::object metadata;
  json::object extras;
  call_info call;
  enlace::headers headers;
  std::vector<trail_entry> trail;
};

reply::reply() : parts_(std::make_unique<parts>()) {}

reply::reply(enlace::error failed) : reply() { parts_->failed = std::move(failed); }

reply::reply(const reply& other) : parts_(other.parts_ ? std::make_unique<parts>(*other.parts_) : nullptr) {}

reply::reply(reply&& other) noexcept = default;

reply& reply::operator=(const reply& other) {
  if (this != &other) *this = reply(other);
  return *this;
}

reply& reply::operator=(reply&& other) noexcept = default;

reply::~reply() = default;

reply reply::success_with(json::value data, std::string message) {
  reply made;
  made.parts_->data = std::move(data);
  made.parts_->message = std::move(message);
  return made;
}

bool reply::success() const noexcept { return !parts_->failed.has_value(); }

const std::string& reply::message() const noexcept {
  static const std::string completed = "Operation completed";
  if (parts_->message) return *parts_->message;
  return parts_->failed ? parts_->failed->message : completed;
}

void reply::message(std::string text) { parts_->message = std::move(text); }

const json::value& reply::data() const noexcept { return parts_->data; }
json::value& reply::data() noexcept { return parts_->data; }

const enlace::error& reply::error() const {
  if (!parts_->failed) throw std::logic_error("enlace::reply::error(): the call succeeded");
  return *parts_->failed;
}

enlace::error& reply::error() {
  if (!parts_->failed) throw std::logic_error("enlace::reply::error(): the call succeeded");
  return *parts_->failed;
}

const json::object& reply::metadata() const noexcept { return parts_->metadata; }
json::object& reply::metadata() noexcept { return parts_->metadata; }
const json::object& reply::extras() const noexcept { return parts_->extras; }
json::object& reply::extras() noexcept { return parts_->extras; }
const call_info& reply::call() const noexcept { return parts_->call; }
call_info& reply::call() noexcept { return parts_->call; }
const enlace::headers& reply::headers() const noexcept { return parts_->headers; }
enlace::headers& reply::headers() noexcept { return parts_->headers; }
const std::vector<trail_entry>& reply::trail() const noexcept { return parts_->trail; }
std::vector<trail_entry>& reply::trail() noexcept { return parts_->trail; }

json::object reply::to_json() const {
  json::object out;
  out.reserve(5 + parts_->extras.size());
  out["success"] = success();
  out["message"] = message();
  out["data"] = success() ? parts_->data : json::value();
  json::object metadata = parts_->metadata;
  metadata["call"] = enlace::to_json(parts_->call);
  out["metadata"] = std::move(metadata);
  if (!success()) out["error"] = parts_->failed->to_json();
  // Names of the standard form are not an extra's to take.
  for (const json::key_value_pair& extra : parts_->extras) out.emplace(extra.key(), extra.value());
  make_serialisable(out);
  return out;
}

}  // namespace enlace
