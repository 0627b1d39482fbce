// Module: policy
#pragma once

#include <cstdint>
#include <optional>

#include <enlace/clock.hpp>
#include <enlace/exchange.hpp>

namespace enlace {

/// What the policies need to know of a finished attempt.
struct attempt_result {
  /// HTTP status; 0 when there was none.
  int status = 0;
  wire_failure failure = wire_failure::none;
  /// Whether any byte of the request may have reached the peer's application.
  bool sent = false;
  bool reused_connection = false;
  /// Parts of a body that was produced on the way have been taken; it can't be had again.
  bool body_begun = false;
  /// A success that can't be used: invalid JSON where JSON was announced, an encoding that was not asked for.
  bool unusable_answer = false;
  /// As `retry_after()` read it.
  std::optional<seconds_d> retry_after;
};

/// What the transport reported; `unusable_answer` and `retry_after` are the caller's to set.
[[nodiscard]] attempt_result result_of(const incoming& in) noexcept;

/// Which requests may be sent again after an attempt.
enum class retry_right : std::uint8_t { any_method, idempotent_only, never };

/// The table of retries. Beyond it: 5xx that have no row of their own (507, 520, ...) are as 500; a full pool sent
/// nothing; a damaged or unknown content encoding is an unusable answer; an answer over the limits would be so again.
[[nodiscard]] retry_right may_retry(const attempt_result& result) noexcept;

/// What an attempt says about the health of its service.
enum class breaker_vote : std::uint8_t { success, failure, neutral };

/// Failure: what broke on the wire, and 5xx but 501 and 505, which speak of the request. Success: 1xx to 3xx. Neutral:
/// 4xx, 501, 505, answers that came but can't be used (bad JSON, too large, content encoding), what failed on our own
/// side (cancelled, pool full), and a pooled connection that the peer had closed before it took the request, which is
/// how servers restart and idle connections end.
[[nodiscard]] breaker_vote vote_of(const attempt_result& result) noexcept;

}  // namespace enlace
