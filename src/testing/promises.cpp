#include "testing/promises.hpp"

#include <algorithm>
#include <charconv>

namespace enlace::testing {

namespace {

/// A result comes at most so long after its deadline, or after its caller cancelled.
constexpr duration grace = std::chrono::milliseconds(20);

std::optional<std::chrono::seconds> seconds_of_retry_after(const answer& what) {
  const auto text = what.fields.get("Retry-After");
  if (!text) return std::nullopt;
  long seconds = 0;
  const auto [end, wrong] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (wrong != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace

void promises::begin(std::shared_ptr<started_call> call) {
  open_.emplace(call->deadline, call->id);
  const std::uint64_t id = call->id;
  calls_[id].call = std::move(call);
}

started_call* promises::find(std::uint64_t call) noexcept {
  const auto found = calls_.find(call);
  return found == calls_.end() ? nullptr : found->second.call.get();
}

void promises::broken(std::string promise, const started_call& by, const std::string& what) {
  world_.violated(std::move(promise), "call " + std::to_string(by.id) + " (" + by.method + ' ' + by.url + "): " + what);
}

void promises::on_attempt(const received& what) {
  const auto found = calls_.find(what.call);
  if (found == calls_.end()) return;
  record& noted = found->second;
  started_call& call = *noted.call;
  ++call.attempts;
  if (call.attempts > call.max_attempts + call.redirects) {
    broken("max_attempts", call, "attempt " + std::to_string(call.attempts));
  }
  if (what.at >= call.deadline) broken("deadline", call, "an attempt sets out at or after the deadline");
  if (call.answer) broken("one reply", call, "an attempt sets out after the reply");
  if (what.at < noted.not_before)
    broken("Retry-After", call, "the next attempt did not wait as long as it was told to");
  if (what.tenant() != call.tenant) {
    broken("tenants apart", call, "tenant '" + std::string(what.tenant()) + "' instead of '" + call.tenant + "'");
  }
  check_breaker(what, call);
}

void promises::check_breaker(const received& what, const started_call& call) {
  if (call.operation == "health_check") return;
  for (const breaker_report& each : world_.caller().breakers()) {
    if (each.service != world_.service_name(what.authority)) continue;
    if (!each.operation.empty() && each.operation != call.operation) continue;
    if (each.state == breaker_state::open || each.state == breaker_state::forced_open) {
      broken("breaker", call, "an attempt sets out while the breaker is open");
    }
  }
}

void promises::on_executed(const received& what) {
  started_call* call = find(what.call);
  if (call == nullptr) return;
  ++call->executed;
  if (!call->idempotent && call->executed > 1) broken("run once", *call, "not idempotent, and executed again");
}

void promises::on_answer(const received& to, const answer& what) {
  const auto found = calls_.find(to.call);
  if (found == calls_.end()) return;
  record& noted = found->second;
  if (what.status == 307 || what.status == 308) noted.call->redirects = 1;
  if (what.status != 429 && what.status != 503) return;
  if (const auto wait = seconds_of_retry_after(what)) noted.not_before = world_.time().now() + *wait;
}

bool promises::late(const started_call& call, time_point now) const noexcept {
  return now > std::max(call.deadline, world_.resumed()) + grace;
}

void promises::on_reply(const started_call& ended) {
  open_.erase({ended.deadline, ended.id});
  if (late(ended, ended.ended)) broken("deadline", ended, "the reply comes after the deadline");
  const reply& got = *ended.answer;
  if (got.call().attempts > ended.max_attempts) broken("max_attempts", ended, "the reply counts too many attempts");
  const bool cancelled = !got.success() && got.error().code == error_code::cancelled;
  if (cancelled && !ended.cancelled_at) broken("one reply", ended, "cancelled, but not by its caller");
  if (ended.cancelled_at && ended.ended > std::max(*ended.cancelled_at, world_.resumed()) + grace) {
    broken("cancellation", ended, "it did not end at once");
  }
}

void promises::after_event() {
  if (open_.empty()) return;
  const started_call& next = *calls_.at(open_.begin()->second).call;
  if (late(next, world_.time().now())) broken("deadline", next, "no reply by the deadline");
}

}  // namespace enlace::testing
