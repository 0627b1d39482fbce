// The events of a stream: which are handed on, and what ends it.

#include <algorithm>

#include "base/utf8.hpp"
#include "client/stream_state.hpp"
#include "config/duration_text.hpp"
#include "message/envelope.hpp"
#include "message/stream_error.hpp"

namespace enlace {

namespace {

bool holds(std::string_view text, std::string_view part) noexcept { return text.find(part) != std::string_view::npos; }

double seconds_since(duration d) { return std::chrono::duration_cast<seconds_d>(d).count(); }

/// Ollama's last line.
bool says_done(const stream_event& line) {
  if (!holds(line.data, "\"done\":true") && !holds(line.data, "\"done\": true")) return false;
  const result<json::value> value = line.value();
  if (!value || !value->is_object()) return false;
  const json::value* done = value->get_object().if_contains("done");
  return done != nullptr && *done == true;
}

}  // namespace

bool stream::state::take_event() {
  while (end == stream_end::open && !done_) {
    if (whole_ && !whole_text_.empty() && events == 0) {
      event_ = stream_event({}, whole_text_, {});
      ++events;
      return true;
    }
    const decoded got = decoded_ ? decoded::event : reader_.next();
    decoded_ = false;
    if (got == decoded::event) {
      if (accept(reader_.event())) return true;
    } else if (got == decoded::too_large) {
      const std::string most = std::to_string(event_reader::max_event_bytes);
      finish(stream_end::unusable, stream_error(error_code::external_api_error,
                                                "The stream has an event over " + most + " bytes", "event_too_large"));
    } else {
      if (body_ended_ && reader_.is_ndjson() && wants_last_word_ && !last_word_ && (*call_)->in.ends_with_connection) {
        // The last line had no end, and only now is it known that there should have been more.
        (*call_)->in.failure = wire_failure::truncated;
        (*call_)->in.detail = "the connection was closed before the stream was over";
        broke(false);
      } else if (body_ended_) {
        finish_well();
      } else if (heartbeats_ && reader_.comments() != comments_) {
        comments_ = reader_.comments();
        waiting_since_ = loop_->time->now();
      }
      return false;
    }
  }
  return false;
}

bool stream::state::accept(const stream_event& got) {
  if (!gives_bytes()) {
    if (reader_.is_sse() && got.data == "[DONE]" && got.type == "message") {
      last_word_ = done_ = true;
      return false;
    }
    if (std::optional<error> said_so = error_in(got)) {
      error why = stream_error(said_so->code, std::move(said_so->message), "error_event");
      why.upstream_code = std::move(said_so->upstream_code);
      for (auto& member : said_so->details) why.details.insert(member);
      finish(stream_end::reported, std::move(why));
      return false;
    }
    if (reader_.is_ndjson() && !is_valid_utf8(got.data)) {
      finish(stream_end::unusable,
             stream_error(error_code::external_api_error, "The stream has a line that is not UTF-8", "event_not_utf8"));
      return false;
    }
    note_form(got);
  }
  event_ = got;
  ++events;
  return true;
}

void stream::state::note_form(const stream_event& got) {
  if (reader_.is_ndjson()) {
    if (events == 0) wants_last_word_ = holds(got.data, "\"done\":false") || holds(got.data, "\"done\": false");
    if (wants_last_word_ && says_done(got)) last_word_ = true;
    return;
  }
  if (events == 0) {
    wants_last_word_ = holds(got.data, "\"chat.completion.chunk\"") || got.type.starts_with("response.");
  }
  if (got.type == "response.completed" || got.type == "response.incomplete") last_word_ = true;
}

void stream::state::body_over(bool cancelled) {
  const incoming& in = (*call_)->in;
  if (in.failure != wire_failure::none) return broke(cancelled);
  // Where nothing but the end of the connection ends the body, a sender that died looks like one that is done.
  bool cut =
      in.ends_with_connection && !last_word_ && (wants_last_word_ || (reader_.is_sse() && !reader_.between_events()));
  decoded_ = reader_.finish() == decoded::event;
  // A last line without its end is one if it is JSON. Whether the stream should have gone on is seen once it was taken.
  if (decoded_) cut = in.ends_with_connection && !reader_.event().value();
  if (cut) {
    decoded_ = false;
    (*call_)->in.failure = wire_failure::truncated;
    (*call_)->in.detail = "the connection was closed before the stream was over";
    return broke(cancelled);
  }
  body_ended_ = true;
}

void stream::state::broke(bool cancelled) {
  call_state& call = **call_;
  if (cancelled || call.in.failure == wire_failure::cancelled) {
    return finish(stream_end::cancelled,
                  stream_error(error_code::cancelled, "the caller cancelled the stream", "cancelled"));
  }
  if (last_word_) return finish_well();
  const bool timed_out = call.in.failure == wire_failure::timeout;
  const bool whole = timed_out && loop_->time->now() >= call.call_deadline();
  error why = breakage(call.in, whole);
  const stream_end how = timed_out ? stream_end::timed_out : stream_end::interrupted;
  body_.reset();
  if (!resumes_ || whole || !reader_.is_sse() || reader_.last_event_id().empty()) return finish(how, std::move(why));
  call.conclude(reply(why));
  std::optional<seconds_d> asked_wait;
  if (reader_.retry()) asked_wait = *reader_.retry();
  if (!call.begin_again(reader_.last_event_id(), asked_wait)) return finish(how, std::nullopt);
  interruption_ = std::move(why);
  interrupted_as_ = how;
}

error stream::state::breakage(const incoming& in, bool whole) const {
  const call_state& call = **call_;
  const std::string from = "the stream from " + std::string(call.authority());
  if (whole) return stream_error(error_code::timeout_error, from + " was not over in time", "stream_timeout");
  if (in.failure == wire_failure::timeout) {
    return stream_error(error_code::timeout_error, from + " gave no event for " + format_duration(between_events_),
                        "between_events_timeout");
  }
  const error cause = error_from_wire(in);
  error why = stream_error(cause.code, from + " broke", "stream_interrupted");
  why.details["break"] = name_of(in.failure);
  why.retryable = true;
  why.cause = std::make_shared<const error>(cause);
  return why;
}

void stream::state::decided() {
  call_state& call = **call_;
  const reply& got = call.concluded();
  if (interruption_ && !got.success()) {
    error why = *std::move(interruption_);
    const json::value* stopped = got.error().details.if_contains("stopped_by");
    if (stopped != nullptr) why.details["stopped_by"] = *stopped;
    const bool by_caller = got.error().code == error_code::cancelled;
    why.cause = std::make_shared<const error>(got.error());
    if (by_caller) why = got.error();
    return finish(by_caller ? stream_end::cancelled : interrupted_as_, std::move(why));
  }
  if (!got.success()) {
    return finish(got.error().code == error_code::cancelled ? stream_end::cancelled : stream_end::failed, std::nullopt);
  }
  status = got.call().status;
  headers = got.headers();
  whole_ = events == 0;  // after events it says that there are no more
  body_ended_ = true;
}

stream_format stream::state::format() const noexcept {
  if (events == 0) return stream_format::automatic;
  if (reader_.is_sse()) return stream_format::sse;
  return reader_.is_ndjson() ? stream_format::ndjson : stream_format::bytes;
}

std::uint64_t stream::state::max_body_bytes() const noexcept {
  return loop_->core->configuration()->values().client.max_body_bytes;
}

time_point stream::state::limit() const {
  const time_point whole = (*call_)->call_deadline();
  if (between_events_ == duration::zero()) return whole;
  return std::min(whole, saturated_add(waiting_since_, between_events_));
}

error stream::state::stream_error(error_code code, std::string message, std::string_view what) const {
  const call_state& call = **call_;
  error made(code, std::move(message));
  made.details["error"] = what;
  made.details["events"] = events;
  if (!last_event_id().empty()) made.details["last_event_id"] = last_event_id();
  made.details["operation"] = call.asked().operation();
  made.details["elapsed_s"] = seconds_since(call.elapsed());
  made.details["attempts"] = call.attempts();
  return made;
}

void stream::state::finish_well() { finish(stream_end::finished, std::nullopt); }

/// Gives everything back: the connection, the permit, the places in the limits.
void stream::state::finish(stream_end how, std::optional<error> why) {
  end = how;
  if (why) (*call_)->conclude(reply(*std::move(why)));
  ending = (*call_)->finish(events);
  if (status != 0) {
    ending->call().status = status;
    ending->headers() = headers;
  }
  body_.reset();
  call_.reset();
}

}  // namespace enlace
