#include "policy/retry_decision.hpp"

#include "policy/backoff.hpp"

namespace enlace {
namespace {

std::optional<stop_reason> forbidden(const retry_options& options, const retry_question& question) noexcept {
  switch (may_retry(question.result)) {
    case retry_right::never:
      return stop_reason::permanent;
    case retry_right::idempotent_only:
      if (!question.idempotent) return stop_reason::not_idempotent;
      break;
    case retry_right::any_method:
      break;
  }
  if (question.attempts >= options.max_attempts) return stop_reason::exhausted;
  return std::nullopt;
}

/// Nothing when no wait lies within the deadline. What was asked for decides, not the jitter on top of it.
std::optional<duration> wait_for(const retry_options& options, const retry_question& question,
                                 random_source& random) noexcept {
  const std::optional<seconds_d>& asked = question.result.retry_after;
  const duration wait = backoff(options, question.attempts, asked, random);
  if (question.until.fits(question.now, wait)) return wait;
  if (asked && *asked > seconds_d::zero() && question.until.fits(question.now, saturated(*asked))) {
    return saturated(*asked);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(stop_reason reason) noexcept {
  switch (reason) {
    case stop_reason::not_idempotent:
      return "not_idempotent";
    case stop_reason::exhausted:
      return "exhausted";
    case stop_reason::budget:
      return "budget";
    case stop_reason::deadline:
      return "deadline";
    case stop_reason::permanent:
      return "permanent";
    case stop_reason::breaker:
      break;
  }
  return "breaker";
}

retry_decision decide_retry(const retry_options& options, const retry_question& question, retry_budget& budget,
                            random_source& random) {
  retry_decision decision;
  decision.retry_after = question.result.retry_after;
  decision.stopped_by = forbidden(options, question);
  if (decision.stopped_by) return decision;
  if (const std::optional<duration> wait = wait_for(options, question, random)) {
    decision.wait = *wait;
    if (!budget.take(question.tenant, question.now)) decision.stopped_by = stop_reason::budget;
  } else {
    decision.stopped_by = stop_reason::deadline;
  }
  return decision;
}

}  // namespace enlace
