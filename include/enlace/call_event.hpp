// Module: telemetry
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <enlace/clock.hpp>
#include <enlace/error.hpp>
#include <enlace/exchange.hpp>
#include <enlace/reply.hpp>
#include <enlace/span_place.hpp>
#include <enlace/url.hpp>

namespace enlace {

/// One attempt of a call, when it is over; of a stream, when its first event has come or it failed before. What the
/// views and pointers show lives as long as the function that is told of it runs.
struct attempt_event {
  std::string_view service;
  std::string_view operation;
  std::string_view method;
  const url* target = nullptr;
  /// HTTP status; 0 when there was none.
  int status = 0;
  wire_failure failure = wire_failure::none;
  wire_phase phase = wire_phase::none;
  /// 1 for the first.
  int number = 1;
  bool reused_connection = false;
  bool stream = false;
  wall_time began{};
  duration elapsed{};
  span_place place;
};

/// One call, or one stream, when it is over.
struct call_event {
  std::string_view service;
  /// As the rules know it: "default" for one that nobody knows.
  std::string_view operation;
  std::string_view method;
  /// Null when the request's URL is none.
  const url* target = nullptr;
  std::string_view tenant, agent, conversation, collection;
  std::string_view request_id;
  /// Null on success.
  const error* failed = nullptr;
  int status = 0;
  int attempts = 0;
  cache_use cached = cache_use::none;
  breaker_state breaker = breaker_state::closed;
  bool stream = false;
  /// Of a stream.
  std::uint64_t events = 0;
  std::optional<duration> first_event;
  wall_time began{};
  duration elapsed{};
  span_place place;
  /// Of a single-flight follower: the span of the call whose answer it shares.
  std::optional<span_place> shared_with;
  /// Waits, rejections, cache hits, redirects, in their order.
  std::span<const trail_entry> trail;
};

/// Whoever wants to know of every attempt and every call: logs, spans, one's own. Called on the loop of the call, which
/// it must not hold up; several loops may call at once.
class event_listener {
 public:
  event_listener() = default;
  event_listener(const event_listener&) = delete;
  event_listener& operator=(const event_listener&) = delete;
  virtual ~event_listener() = default;

  virtual void on_attempt(const attempt_event& /*over*/) noexcept {}
  virtual void on_call(const call_event& /*over*/) noexcept {}
};

/// What made it fail, as `error.type` of the OpenTelemetry semantic conventions has it: the status ("503"), else the
/// wire failure ("timeout", "refused"), else empty.
[[nodiscard]] std::string_view error_type_of(const attempt_event& attempt, std::span<char, 4> digits) noexcept;

}  // namespace enlace
