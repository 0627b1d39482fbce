#include "policy/attempt.hpp"

namespace enlace {
namespace {

/// A pooled connection that the peer had closed before it took the request.
bool was_stale_connection(const attempt_result& result) noexcept {
  return result.reused_connection && !result.sent &&
         (result.failure == wire_failure::reset || result.failure == wire_failure::truncated);
}

retry_right right_after_status(const attempt_result& result) noexcept {
  switch (result.status) {
    case 421:
    case 429:
      return retry_right::any_method;
    case 503:
      // With a Retry-After it was refused before it was processed; without, a proxy may say so after it went through.
      return result.retry_after ? retry_right::any_method : retry_right::idempotent_only;
    case 408:
    case 425:
      return retry_right::idempotent_only;
    case 501:
    case 505:
      return retry_right::never;
    default:
      break;
  }
  if (result.status >= 500) return retry_right::idempotent_only;
  if (result.status >= 200 && result.status < 300 && result.unusable_answer) return retry_right::idempotent_only;
  return retry_right::never;
}

}  // namespace

attempt_result result_of(const incoming& in) noexcept {
  attempt_result result;
  result.status = in.status;
  result.failure = in.failure;
  result.sent = in.sent;
  result.reused_connection = in.reused_connection;
  result.body_begun = in.body_begun;
  return result;
}

retry_right may_retry(const attempt_result& result) noexcept {
  if (result.body_begun) return retry_right::never;
  switch (result.failure) {
    case wire_failure::none:
      return right_after_status(result);
    case wire_failure::dns:
    case wire_failure::refused:
    case wire_failure::connect_timeout:
    case wire_failure::tls:
    case wire_failure::pool_full:
      return retry_right::any_method;
    case wire_failure::reset:
    case wire_failure::truncated:
    case wire_failure::timeout:
      return result.sent ? retry_right::idempotent_only : retry_right::any_method;
    case wire_failure::malformed:
    case wire_failure::content_encoding:
      return retry_right::idempotent_only;
    case wire_failure::too_large:
    case wire_failure::cancelled:
      break;
  }
  return retry_right::never;
}

breaker_vote vote_of(const attempt_result& result) noexcept {
  switch (result.failure) {
    case wire_failure::none:
      break;
    case wire_failure::pool_full:
    case wire_failure::too_large:
    case wire_failure::content_encoding:
    case wire_failure::cancelled:
      return breaker_vote::neutral;
    case wire_failure::dns:
    case wire_failure::refused:
    case wire_failure::connect_timeout:
    case wire_failure::tls:
    case wire_failure::reset:
    case wire_failure::truncated:
    case wire_failure::timeout:
    case wire_failure::malformed:
      return was_stale_connection(result) ? breaker_vote::neutral : breaker_vote::failure;
  }
  if (result.status == 501 || result.status == 505) return breaker_vote::neutral;
  if (result.status >= 500) return breaker_vote::failure;
  if (result.status >= 400 || result.unusable_answer) return breaker_vote::neutral;
  return breaker_vote::success;
}

}  // namespace enlace
