#include "client/stream_state.hpp"

#include <exception>

#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/ambient.hpp>

#include "client/process_client.hpp"
#include "message/content_type.hpp"
#include "net/cancelled.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

/// How long a body may take to end after its last word, so that its connection can be used again.
constexpr duration drain_time = std::chrono::milliseconds(50);
constexpr std::string_view stream_operation = "llm_stream";
constexpr std::string_view accepted_types =
    "text/event-stream, application/x-ndjson, application/json;q=0.9, */*;q=0.5";

bool is_success(int stream_status) noexcept { return stream_status >= 200 && stream_status <= 299; }

}  // namespace

stream::state::state(std::shared_ptr<client::loop> on, request asked)
    : loop_(std::move(on)), asked_(std::move(asked)), format_(std::as_const(*asked_).stream_as()) {
  const request& given = *asked_;
  if (given.operation() == "default") asked_->operation(stream_operation);
  if (!given.headers().contains("Accept")) asked_->header("Accept", accepted_types);
  // Compressed events would come late, and a few bytes of them may be megabytes.
  if (!given.headers().contains("Accept-Encoding")) asked_->header("Accept-Encoding", "identity");
  asked_->use_cache(false);
}

/// The policy of a stream, from top to bottom.
asio::awaitable<const stream_event*> stream::state::next(state& self) {
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  std::exception_ptr raised;
  bool got = false;
  try {
    if (!self.begun_) {
      const asio::any_io_executor executor = co_await asio::this_coro::executor;
      self.begin(executor);
    }
    if (self.end == stream_end::open) self.waiting_since_ = self.loop_->time->now();
    got = self.take_event();
    while (!got && self.end == stream_end::open) {
      if (self.body_ == nullptr) {
        co_await self.connect(cancellation);
      } else if (self.done_) {
        co_await self.drain();
        self.finish_well();
      } else {
        const std::string_view piece = co_await self.body_->read((*self.call_)->in, self.limit());
        self.reader_.feed(piece);
        if (piece.empty()) self.body_over(is_cancelled(cancellation));
      }
      got = self.take_event();
    }
  } catch (...) {
    raised = std::current_exception();
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (raised) std::rethrow_exception(raised);
  co_return got ? &self.event_ : nullptr;
}

bool stream::state::begin(const asio::any_io_executor& executor) {
  begun_ = true;
  if (loop_ == nullptr) {
    if (std::optional<error> broken = process_configuration_error()) {
      end = stream_end::failed;
      ending = reply(*std::move(broken));
      return false;
    }
    loop_ = process_client_on(executor).loop_;
  }
  call_.emplace(*loop_);
  call_state& call = **call_;
  const bool ready = call.begin_stream(*loop_, *std::move(asked_), ambient_context(executor)) && call.enter_limits();
  asked_.reset();
  if (!ready) {
    finish(stream_end::failed, std::nullopt);
    return false;
  }
  const request& asked = call.asked();
  resumes_ = asked.resume();
  heartbeats_ = asked.heartbeats().value_or(call.rules().heartbeats);
  between_events_ =
      asked.between_events_timeout() ? saturated(*asked.between_events_timeout()) : call.rules().between_events_timeout;
  reader_.last_event_id(std::string(asked.headers().get("Last-Event-ID").value_or("")));
  return true;
}

asio::awaitable<void> stream::state::connect(const asio::cancellation_state& cancellation) {
  call_state& call = **call_;
  bool decided_already = false;
  do {
    if (call.wait_until()) {
      if (!is_cancelled(cancellation)) {
        const clock_wait wait(*loop_->time, call.rearm(), *call.wait_until());
        co_await call.woken().async_wait(asio::deferred);
      }
      decided_already = !call.resume(is_cancelled(cancellation));
    }
    if (decided_already || !call.admit(is_cancelled(cancellation))) break;
    unusable_.reset();
    body_ = co_await loop_->network->open(call.out, call.in);
    bool first = body_ != nullptr;
    if (first) first = co_await await_first_event();
    if (first) {
      call.first_event();
      status = call.in.status;
      headers = std::move(call.in.headers);
      co_return;
    }
    body_.reset();
  } while (call.settle(is_cancelled(cancellation), unusable_ ? &*unusable_ : nullptr));
  decided();
}

asio::awaitable<bool> stream::state::await_first_event() {
  incoming& in = (*call_)->in;
  const time_point until = (*call_)->out.deadline;
  switch (look_at_head()) {
    case body_kind::reply:
      co_await read_whole();
      co_return false;
    case body_kind::unusable:
      co_return false;
    case body_kind::events:
      break;
  }
  for (decoded got = reader_.next(); got != decoded::event; got = reader_.next()) {
    if (got == decoded::too_large) {
      in.failure = wire_failure::too_large;
      in.detail = "an event over " + std::to_string(event_reader::max_event_bytes) + " bytes";
      co_return false;
    }
    const std::string_view piece = co_await body_->read(in, until);
    reader_.feed(piece);
    if (!piece.empty()) continue;
    if (in.failure != wire_failure::none) co_return false;
    const bool last = reader_.finish() == decoded::event;
    // Half a line looks like a last one without its end.
    const bool whole = last ? reader_.event().value().has_value() : reader_.between_events();
    if (in.ends_with_connection && !whole) {
      in.failure = wire_failure::truncated;
      in.detail = "the connection was closed inside an event";
    } else if (last) {
      body_ended_ = true;
      break;
    }
    co_return false;
  }
  decoded_ = true;
  co_return true;
}

/// An answer without events ends a stream as it would have ended a call.
stream::state::body_kind stream::state::look_at_head() {
  incoming& in = (*call_)->in;
  if (!is_success(in.status) || in.status == 204 || in.status == 205) return body_kind::reply;
  const content_type type(in.headers.get("Content-Type"));
  if (format_ == stream_format::bytes) {
    reader_.begin(event_reader::kind::bytes);
    return body_kind::events;
  }
  if (in.headers.contains("Content-Encoding") && in.headers.get("Content-Encoding") != "identity") {
    in.failure = wire_failure::content_encoding;
    in.detail = "a stream of events in a content encoding";
    return body_kind::unusable;
  }
  // Who asks a stream to go on has use for its events alone.
  const bool goes_on = interruption_.has_value();
  const bool has_events = !type.is_json() && (format_ == stream_format::sse || type.is_event_stream());
  if (type.is_page() || (goes_on && !has_events)) {
    unusable_.emplace(error_code::external_api_error,
                      goes_on ? "The upstream answered with something else, where a stream was to go on"
                              : "The upstream answered with a page, where a stream was expected");
    unusable_->details["error"] = "not_a_stream";
    unusable_->details["status"] = in.status;
    unusable_->retryable = true;
    return body_kind::unusable;
  }
  if (format_ == stream_format::ndjson || (format_ == stream_format::automatic && type.is_json_lines())) {
    reader_.begin(event_reader::kind::ndjson);
  } else if (type.is_json()) {
    return body_kind::reply;
  } else if (format_ == stream_format::sse || type.is_event_stream()) {
    reader_.begin(event_reader::kind::sse);
  } else {
    reader_.begin(event_reader::kind::bytes);
  }
  return body_kind::events;
}

asio::awaitable<void> stream::state::read_whole() {
  incoming& in = (*call_)->in;
  const outgoing& out = (*call_)->out;
  std::string whole;
  for (std::string_view piece = co_await body_->read(in, out.deadline); !piece.empty();
       piece = co_await body_->read(in, out.deadline)) {
    if (piece.size() > out.max_body_bytes - whole.size()) {
      in.failure = wire_failure::too_large;
      in.detail = "the body is over " + std::to_string(out.max_body_bytes) + " bytes";
      co_return;
    }
    whole.append(piece);
  }
  if (in.failure != wire_failure::none) co_return;
  whole_text_ = is_success(in.status) ? whole : std::string();
  in.body = std::move(whole);
}

asio::awaitable<void> stream::state::drain() {
  const time_point until = std::min(saturated_add(loop_->time->now(), drain_time), (*call_)->call_deadline());
  bool more = true;
  while (more) {
    const std::string_view piece = co_await body_->read((*call_)->in, until);
    more = !piece.empty();
  }
}

}  // namespace enlace
