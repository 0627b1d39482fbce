// What a call tells of itself: one event an attempt, one a call.

#include "client/call_state.hpp"
#include "client/loop.hpp"

namespace enlace {

namespace {

/// `time` ago by the wall clock, which is read only where somebody wants to know.
wall_time ago(const clock& time, duration elapsed) {
  return time.wall_now() - std::chrono::duration_cast<wall_time::duration>(elapsed);
}

span_place place_of(const trace_context& here, std::span<const std::uint8_t, 8> parent) {
  span_place made;
  made.trace_id = here.trace_id;
  made.span_id = here.span_id;
  std::copy(parent.begin(), parent.end(), made.parent_id.begin());
  made.sampled = here.sampled();
  return made;
}

}  // namespace

bool call_state::noting() const noexcept { return asked().trail() || loop_->core->told().listening(sampled()); }

void call_state::tell_attempt(time_point now) {
  attempt_event over;
  over.service = target_->rules.service;
  over.operation = target_->rules.operation;
  over.method = wire_.method;
  over.target = &wire_.url;
  over.status = in.status;
  over.failure = in.failure;
  over.phase = in.phase;
  over.number = attempts_;
  over.reused_connection = in.reused_connection;
  over.stream = streaming_;
  over.elapsed = now - attempt_started_;
  const telemetry& told = loop_->core->told();
  const bool heard = told.listening(sampled());
  if (heard || sampled()) {
    over.place = place_of(attempt_trace_, trace_->span_id);
    over.began = ago(*loop_->time, over.elapsed);
  }
  target_->numbers->attempt(over, target_->latest_outcome);
  if (heard) told.attempt(over);
}

span_place call_state::place() const {
  if (!trace_) return {};
  std::array<std::uint8_t, 8> parent{};
  if (context_ && context_->parent()) parent = context_->parent()->span_id;
  return place_of(*trace_, parent);
}

/// What the counts can do without.
void call_state::say_more(call_event& over) const {
  over.began = ago(*loop_->time, over.elapsed);
  over.trail = trail_;
  if (context_) {
    over.tenant = context_->tenant();
    over.agent = context_->agent();
    over.conversation = context_->conversation();
    over.collection = context_->collection();
  }
  over.place = place();
  if (over.cached == cache_use::shared) over.shared_with = follower_.fetched_by;
}

void call_state::tell_call(time_point now, std::uint64_t stream_events) {
  call_event over;
  over.service = target_->rules.service;
  over.operation = target_->rules.operation;
  over.method = wire_.method;
  over.target = &wire_.url;
  const call_info& info = result_->call();
  if (!result_->success()) over.failed = &result_->error();
  over.status = info.status;
  over.attempts = attempts_;
  over.cached = info.cached;
  over.breaker = info.breaker;
  over.stream = streaming_;
  over.events = stream_events;
  over.first_event = first_event_;
  over.elapsed = now - started_;
  const telemetry& told = loop_->core->told();
  const bool heard = told.listening(sampled());
  if (heard || sampled()) say_more(over);
  target_->numbers->call(over);
  if (const int most = target_->configuration->values().telemetry.tenant_labels; most > 0 && context_) {
    over.tenant = context_->tenant();
    loop_->core->told().tenants().call(over, static_cast<std::size_t>(most));
  }
  if (heard) told.call(over);
}

}  // namespace enlace
