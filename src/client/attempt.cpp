// The attempts of a call: leave, head, outcome, and whether there is another one.

#include "policy/attempt.hpp"

#include <charconv>

#include "client/call_state.hpp"
#include "client/loop.hpp"
#include "config/duration_text.hpp"
#include "message/envelope.hpp"
#include "policy/backoff.hpp"
#include "policy/retry_after.hpp"

namespace enlace {

namespace {

constexpr std::string_view health_check = "health_check";

/// How the trail names an attempt's outcome.
std::string outcome_of(const incoming& in) {
  if (in.failure == wire_failure::none) return "HTTP " + std::to_string(in.status);
  std::string text(name_of(in.failure));
  text.append(" in phase ").append(name_of(in.phase));
  if (!in.detail.empty()) text.append(": ").append(in.detail);
  return text;
}

/// A success whose body was announced as JSON and is none.
bool is_unusable(const reply& r) {
  if (r.success() || r.call().status >= 300) return false;
  const json::value* what = r.error().details.if_contains("error");
  return what != nullptr && *what == "invalid_json" && r.error().upstream_code.empty();
}

double seconds_of(duration d) { return std::chrono::duration_cast<seconds_d>(d).count(); }

}  // namespace

bool call_state::admit(bool cancelled) {
  if (cancelled) return refuse(error(error_code::cancelled, "the caller cancelled before anything was sent"));
  const time_point now = loop_->time->now();
  if (target_->rules.operation == health_check) {
    permit_ = target_->guard->admit_health_check();
  } else {
    admission asked = target_->guard->admit(now);
    if (!asked) return reject(asked);
    permit_ = asked.take();
  }
  retry_paid_ = false;
  attempt_started_ = now;
  if (attempts_ == 0) {
    prepare_head();  // not before: a rejected call needs no head, nor one that the cache answers
    target_->to->budget().earn(context_->tenant(), now);
  }
  if (!redirected_ || wait_until_) ++attempts_;
  wait_until_.reset();
  out.deadline = deadline_.attempt_deadline(now, attempt_timeout_);
  write_attempt_fields(now);
  const duration slow_after = target_->rules.breaker.slow_after;
  if (slow_after > duration::zero()) loop_->time->add(*this, now + slow_after);
  return true;
}

void call_state::on_due() noexcept { permit_.slow(loop_->time->now()); }

bool call_state::reject(const admission& refused) {
  note("rejected", "the breaker is " + std::string(name_of(refused.state())));
  // After a redirect there is no error yet, whatever `result_` holds.
  const bool failed_before = wait_until_.has_value();
  if (failed_before) {
    // The last attempt's error says more than the rejection.
    if (retry_paid_) target_->to->budget().give_back(context_->tenant());
    stop(stop_reason::breaker);
    return false;
  }
  error why(error_code::service_unavailable, "the circuit breaker of " + target_->rules.service + " is open");
  why.retry_after = refused.retry_after();
  why.details.reserve(4);
  why.details["circuit_breaker"] = name_of(refused.state());
  why.details["service"] = target_->rules.service;
  if (why.retry_after) why.details["retry_after"] = why.retry_after->count();
  why.details["stopped_by"] = name_of(stop_reason::breaker);
  return refuse(std::move(why));
}

void call_state::write_attempt_fields(time_point now) {
  attempt_fields_.clear();
  attempt_trace_ = trace_->child(loop_->random);
  if (target_->rules.internal) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), deadline_.milliseconds_left(now)).ptr;
    attempt_fields_.append(timeout_header).append(": ").append(digits.data(), end).append("\r\n");
  }
  if (target_->rules.internal || target_->configuration->values().context.trace_external) {
    std::array<char, trace_context::text_size> text{};
    attempt_fields_.append("traceparent: ").append(attempt_trace_.format(text)).append("\r\n");
  }
  out.extra_fields = attempt_fields_;
}

bool call_state::settle(bool cancelled, const error* unusable) {
  const time_point now = loop_->time->now();
  loop_->time->remove(*this);
  if (cancelled && in.failure != wire_failure::none) in.failure = wire_failure::cancelled;
  attempt_result outcome = result_of(in);
  if (in.status >= 300) outcome.retry_after = retry_after(in.headers, in.status, loop_->time->wall_now());
  if (noting()) note("attempt", std::to_string(attempts_) + ": " + outcome_of(in));
  tell_attempt(now);
  if (follow_redirect()) {
    permit_.settle(vote_of(outcome), now, now - attempt_started_);
    return true;
  }
  if (unusable != nullptr && in.failure == wire_failure::none) {
    outcome.unusable_answer = true;
    result_ = reply(*unusable);
    result_->call().status = in.status;
  } else {
    make_reply(now, outcome);
  }
  breaker_vote vote = vote_of(outcome);
  const bool envelope_failed = !result_->success() && in.failure == wire_failure::none && outcome.status < 300;
  if (envelope_failed && !outcome.unusable_answer && target_->rules.envelope_failures) vote = breaker_vote::failure;
  permit_.settle(vote, now, now - attempt_started_);
  if (result_->success() || outcome.failure == wire_failure::cancelled) return false;
  return decide(now, outcome);
}

bool call_state::decide(time_point now, const attempt_result& outcome) {
  retry_question question;
  question.result = outcome;
  question.attempts = attempts_ - attempts_before_;
  question.idempotent = idempotent_;
  question.tenant = context_->tenant();
  question.now = now;
  question.until = deadline_;
  const retry_decision decision = decide_retry(retry_, question, target_->to->budget(), loop_->random);
  if (decision.retry_after) result_->error().retry_after = decision.retry_after;
  if (!decision.retry()) {
    stop(*decision.stopped_by);
    return false;
  }
  retry_paid_ = true;
  wait_until_ = saturated_add(now, decision.wait);
  note("wait",
       format_duration(std::chrono::floor<std::chrono::microseconds>(decision.wait)) + " before the next attempt");
  return true;
}

void call_state::first_event() {
  const time_point now = loop_->time->now();
  loop_->time->remove(*this);
  permit_.early_success(now, now - attempt_started_);
  result_.reset();
  if (!asked().resume()) {
    // A stream may wait for long, and what its request was made of is of no more use; the caller's own fields stay, for
    // the context looks into them.
    fields_ = enlace::headers();
    std::string().swap(attempt_fields_);
    std::string().swap(wire_.body);
  }
  first_event_ = now - started_;
  tell_attempt(now);
  if (noting()) note("attempt", std::to_string(attempts_) + ": HTTP " + std::to_string(in.status) + ", events come");
}

bool call_state::begin_again(std::string_view last_event_id, std::optional<seconds_d> asked_wait) {
  const time_point now = loop_->time->now();
  permit_.neutral();
  attempts_before_ = attempts_;
  idempotent_ = true;  // whoever lets a stream be resumed says so
  const duration wait = backoff(retry_, 1, asked_wait, loop_->random);
  if (!deadline_.fits(now, wait)) {
    stop(stop_reason::deadline);
    return false;
  }
  if (!target_->to->budget().take(context_->tenant(), now)) {
    stop(stop_reason::budget);
    return false;
  }
  retry_paid_ = true;
  fields_.set("Last-Event-ID", last_event_id);
  wait_until_ = saturated_add(now, wait);
  note("resume",
       format_duration(std::chrono::floor<std::chrono::microseconds>(wait)) + " before the stream is asked for again");
  return true;
}

const profile& call_state::rules() const noexcept { return target_->rules; }

duration call_state::elapsed() const { return loop_->time->now() - started_; }

bool call_state::resume(bool cancelled) {
  const time_point now = loop_->time->now();
  const bool late = deadline_.expired(now);
  if (!cancelled && !late) return true;
  if (retry_paid_) target_->to->budget().give_back(context_->tenant());
  // After a redirect there is no result yet: what `result_` holds then is of no concern to this call.
  const bool failed_before = wait_until_.has_value();
  if (!cancelled) {
    if (!failed_before) return refuse(wire_error(now));
    stop(stop_reason::deadline);
    return false;
  }
  error why(error_code::cancelled, "the caller cancelled between two attempts");
  why.details["attempts"] = attempts_;
  if (failed_before) why.cause = std::make_shared<const error>(result_->error());
  return refuse(std::move(why));
}

bool call_state::follow_redirect() {
  if (redirected_ || in.body_begun || in.failure != wire_failure::none || (in.status != 307 && in.status != 308))
    return false;
  const auto location = in.headers.get("Location");
  if (!location) return false;
  result<url> there = wire_.url.resolve(*location);
  if (!there || !there->same_origin(wire_.url)) return false;
  redirected_ = true;
  wire_.url_text.clear();
  wire_.url = std::move(*there);
  out.to = &wire_.url.endpoint();
  out.target = wire_.url.target();
  out.authority = wire_.url.authority();
  note("redirect", "followed once, to the same origin");
  return true;
}

void call_state::make_reply(time_point now, attempt_result& outcome) {
  if (in.failure == wire_failure::none) {
    result_ = reply_from(std::move(in), wire_.method);
    outcome.unusable_answer = is_unusable(*result_);
  } else {
    result_ = reply(wire_error(now));
  }
}

error call_state::wire_error(time_point now) const {
  const bool timed_out = in.failure == wire_failure::timeout || in.failure == wire_failure::none;
  if (!timed_out) return error_from_wire(in);
  // An attempt can have less time than the call.
  const bool whole = attempts_ == 0 || deadline_.expired(now) || out.deadline >= deadline_.when();
  std::string limit = format_duration(whole ? timeout_ : attempt_timeout_);
  if (!whole && !streaming_) limit += ", the time for one attempt";
  const std::string missed = streaming_ ? "no first event from " : "no answer from ";
  error why(error_code::timeout_error, missed + wire_.url.authority() + " within " + limit);
  if (streaming_) why.details["error"] = whole ? "stream_timeout" : "first_event_timeout";
  why.details["operation"] = asked().operation();
  why.details["timeout_s"] = seconds_of(timeout_);
  why.details["elapsed_s"] = seconds_of(now - started_);
  why.details["attempts"] = attempts_;
  why.details["phase"] = name_of(in.phase);
  return why;
}

void call_state::stop(stop_reason why) {
  result_->error().details["stopped_by"] = name_of(why);
  note("stop", std::string(name_of(why)));
}

}  // namespace enlace
