// Module: policy
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <enlace/clock.hpp>
#include <enlace/policy_options.hpp>
#include <enlace/random.hpp>

#include "policy/attempt.hpp"
#include "policy/deadline.hpp"
#include "policy/retry_budget.hpp"

namespace enlace {

/// Why no further attempt is made: `details.stopped_by`.
enum class stop_reason : std::uint8_t { not_idempotent, exhausted, budget, deadline, permanent, breaker };

/// "not_idempotent", ...
[[nodiscard]] std::string_view name_of(stop_reason reason) noexcept;

/// What is to be decided after a failed attempt.
struct retry_question {
  attempt_result result;
  /// Attempts made so far; at least 1.
  int attempts = 1;
  bool idempotent = false;
  std::string_view tenant;
  time_point now{};
  deadline until;
};

/// Another attempt after `wait`, or none, and why.
struct retry_decision {
  /// Set: no further attempt.
  std::optional<stop_reason> stopped_by;
  duration wait{};
  /// What the service asked for, kept for the caller either way.
  std::optional<seconds_d> retry_after;

  [[nodiscard]] bool retry() const noexcept { return !stopped_by.has_value(); }
};

/// The three questions, in this order: may the request be sent again (classification, idempotency, attempts left),
/// how long to wait (back-off or Retry-After, within the deadline), and is there budget. A decision to retry has taken
/// its price from the budget: if the attempt is not made after all (the breaker rejects it after the wait), give it
/// back with `budget.give_back(tenant)` and stop with `stop_reason::breaker`.
[[nodiscard]] retry_decision decide_retry(const retry_options& options, const retry_question& question,
                                          retry_budget& budget, random_source& random);

}  // namespace enlace
