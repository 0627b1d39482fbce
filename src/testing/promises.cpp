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
  ++open_;
  awaited_.emplace(call->deadline, call->id);
  record& made = calls_[call->id];
  made.limit = call->deadline;
  made.call = std::move(call);
}

void promises::begin(std::shared_ptr<started_stream> stream) {
  ++open_;
  record& made = calls_[stream->id];
  made.limit = stream->deadline;
  made.stream = stream.get();
  made.call = std::move(stream);
}

void promises::asks(const started_stream& stream) {
  record& noted = calls_.at(stream.id);
  noted.limit = std::max(stream.deadline, world_.time().now());
  awaited_.emplace(noted.limit, stream.id);
}

void promises::pauses(const started_stream& stream) { awaited_.erase({calls_.at(stream.id).limit, stream.id}); }

void promises::broken(std::string promise, const started& by, const std::string& what) {
  world_.violated(std::move(promise), "call " + std::to_string(by.id) + " (" + by.method + ' ' + by.url + "): " + what);
}

void promises::on_attempt(const received& what) {
  const auto found = calls_.find(what.call);
  if (found == calls_.end()) return;
  record& noted = found->second;
  started& call = *noted.call;
  ++call.attempts;
  ++noted.in_flight;
  if (call.attempts - noted.before_event > call.max_attempts + call.redirects) {
    broken("max_attempts", call, "attempt " + std::to_string(call.attempts));
  }
  if (what.at >= call.deadline) broken("deadline", call, "an attempt sets out at or after the deadline");
  if (call.over()) broken("one reply", call, "an attempt sets out after the end");
  if (noted.in_flight > 1) broken("one reply", call, "an attempt sets out while another one is on its way");
  if (what.at < noted.not_before)
    broken("Retry-After", call, "the next attempt did not wait as long as it was told to");
  if (what.tenant() != call.tenant) {
    broken("tenants apart", call, "tenant '" + std::string(what.tenant()) + "' instead of '" + call.tenant + "'");
  }
  check_resumed(noted);
  check_breaker(what, call);
}

void promises::check_resumed(const record& noted) {
  if (noted.stream == nullptr || noted.stream->events.empty() || noted.stream->resumes) return;
  broken("run once", *noted.stream, "an attempt sets out after an event, and nobody asked to go on after a break");
}

void promises::check_breaker(const received& what, const started& call) {
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
  const auto found = calls_.find(what.call);
  if (found == calls_.end()) return;
  started& call = *found->second.call;
  ++call.executed;
  // Whoever lets a stream go on after a break says that it may be executed again, once there was an event.
  const started_stream* stream = found->second.stream;
  const bool again = call.idempotent || (stream != nullptr && stream->resumes && !stream->events.empty());
  if (call.executed > 1 && !again) broken("run once", call, "not idempotent, and executed again");
}

void promises::on_answer(const received& to, const answer& what) {
  const auto found = calls_.find(to.call);
  if (found == calls_.end()) return;
  record& noted = found->second;
  if (what.status == 307 || what.status == 308) noted.call->redirects = 1;
  if (what.status != 429 && what.status != 503) return;
  if (const auto wait = seconds_of_retry_after(what)) noted.not_before = world_.time().now() + *wait;
}

void promises::on_over(const received& what) {
  const auto found = calls_.find(what.call);
  if (found != calls_.end()) --found->second.in_flight;
}

bool promises::late(time_point limit, time_point now) const noexcept {
  return now > std::max(limit, world_.resumed()) + grace;
}

void promises::on_reply(const started_call& ended) {
  --open_;
  awaited_.erase({ended.deadline, ended.id});
  const reply& got = *ended.answer;
  if (got.call().attempts > ended.max_attempts) broken("max_attempts", ended, "the reply counts too many attempts");
  check_end(ended, got, ended.deadline);
}

void promises::check_end(const started& ended, const reply& got, time_point limit) {
  if (late(limit, ended.ended)) broken("deadline", ended, "the end comes after the deadline");
  const bool cancelled = !got.success() && got.error().code == error_code::cancelled;
  if (cancelled && !ended.cancelled_at) broken("one reply", ended, "cancelled, but not by its caller");
  if (ended.cancelled_at && ended.ended > std::max(*ended.cancelled_at, world_.resumed()) + grace) {
    broken("cancellation", ended, "it did not end at once");
  }
}

void promises::on_event(const started_stream& by) {
  record& noted = calls_.at(by.id);
  noted.before_event = by.attempts;
}

void promises::on_stream_end(const started_stream& ended) {
  --open_;
  const record& noted = calls_.at(ended.id);
  if (noted.in_flight != 0) broken("nothing left", ended, "it has ended, and its connection is still open");
  if (ended.dropped) return;
  const reply& got = *ended.ending;
  check_end(ended, got, noted.limit);
  if (ended.how == stream_end::open) broken("one ending", ended, "no event, and no end");
  if (got.success() != (ended.how == stream_end::finished))
    broken("one ending", ended, "neither a success nor a failure");
  const bool cancelled = !got.success() && got.error().code == error_code::cancelled;
  if (cancelled != (ended.how == stream_end::cancelled)) broken("one ending", ended, "cancelled or not?");
  if (got.success()) return;
  const json::value* events = got.error().details.if_contains("events");
  if (events != nullptr && *events != json::value(ended.events.size())) {
    broken("one ending", ended,
           "the error counts " + json::serialize(*events) + " events, and there were " +
               std::to_string(ended.events.size()));
  }
  const bool before = ended.how == stream_end::failed || ended.how == stream_end::cancelled;
  if (events == nullptr && !before) broken("one ending", ended, "the error does not count the events");
}

void promises::after_event() {
  if (awaited_.empty()) return;
  const started& next = *calls_.at(awaited_.begin()->second).call;
  if (late(awaited_.begin()->first, world_.time().now())) broken("deadline", next, "no end by the deadline");
}

}  // namespace enlace::testing
