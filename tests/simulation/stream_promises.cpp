#include "stream_promises.hpp"

#include <algorithm>

namespace enlace::simulation {

using testing::received;
using testing::started_stream;

namespace {

/// The network's timers fire at its ticks.
constexpr duration tick = std::chrono::milliseconds(5);

}  // namespace

stream_promises::stream_promises(testing::world& in, const std::vector<std::string>& authorities) : world_(in) {
  const std::shared_ptr<client_core>& core = in.caller().core();
  for (const std::string& authority : authorities) {
    const profile rules =
        core->configuration()->resolve(url::parse("http://" + authority).value().endpoint(), "llm_stream");
    service_votes& made = services_[authority];
    made.guard = &core->service_for(rules, in.time().now())->breaker_for(rules);
    made.slow_after = rules.breaker.slow_after;
  }
}

void stream_promises::broken(const char* promise, const seen_stream& seen, const std::string& what) {
  world_.violated(promise, "call " + std::to_string(seen.stream->id) + " (a stream): " + what);
}

stream_promises::seen_stream* stream_promises::find(const received& what) {
  const auto found = open_.find(what.call);
  if (found == open_.end() || found->second.now.at != what.at) return nullptr;
  return &found->second;
}

testing::answer stream_promises::serve(const received& what) {
  sent_stream made = answer_stream(world_, what);
  if (made.script) sent_[{what.call, what.at}] = *std::move(made.script);
  return std::move(made.said);
}

void stream_promises::about_to_begin(duration first_event, duration between_events, bool heartbeats) {
  next_.first_event = first_event;
  next_.between_events = between_events;
  next_.heartbeats = heartbeats;
}

void stream_promises::on_stream(const started_stream& began) {
  seen_stream& made = open_[began.id];
  made = next_;
  made.stream = &began;
}

void stream_promises::on_attempt(const received& what) {
  const auto found = open_.find(what.call);
  if (found == open_.end()) return;
  seen_stream& seen = found->second;
  check_again(seen, what);
  if (seen.now.first) {
    seen.broke = seen.now.ended == wire_failure::timeout ? stream_end::timed_out : stream_end::interrupted;
  }
  seen.now = seen_attempt();
  seen.now.at = what.at;
  seen.now.deadline = what.deadline;
  const auto to = services_.find(what.authority);
  if (to == services_.end()) return;
  seen.now.votes = &to->second;
  seen.now.generation = to->second.guard->snapshot(what.at).generation;
}

void stream_promises::check_again(const seen_stream& seen, const received& what) {
  const auto id = what.fields.get("Last-Event-ID");
  if (id.value_or("") != seen.last_id) {
    broken("resume", seen,
           "asks to go on after '" + std::string(id.value_or("")) + "', and got '" + seen.last_id + "' last");
  }
  if (seen.first_event > duration::zero() && what.deadline > what.at + seen.first_event) {
    broken("clocks", seen, "an attempt has longer for its first event than it was given");
  }
  if (!seen.now.first) return;
  if (!seen.now.ended) broken("resume", seen, "it is asked for again, and was not over");
  if (what.at < seen.now.ended_at + seen.retry) broken("resume", seen, "it did not wait as `retry` asked for");
}

void stream_promises::on_answer(const received& to, const testing::answer& what) {
  seen_stream* seen = find(to);
  const auto sent = sent_.find({to.call, to.at});
  if (seen == nullptr || sent == sent_.end()) return;
  if (what.status == 200) seen->now.script = std::move(sent->second);
  sent_.erase(sent);
}

void stream_promises::on_piece(const received& of, std::string_view bytes) {
  seen_stream* seen = find(of);
  if (seen == nullptr || !seen->now.script) return;
  seen_attempt& now = seen->now;
  const stream_script& script = *now.script;
  if (script.body.compare(now.delivered, bytes.size(), bytes) != 0)
    broken("events", *seen, "not the bytes that were sent");
  const std::size_t before = now.delivered;
  now.delivered += bytes.size();
  for (const stream_part& each : script.parts) {
    if (each.kind == part_kind::too_long) break;  // nobody reads on
    if (each.end <= before || each.end > now.delivered || each.unended) continue;
    if (each.heartbeat && seen->heartbeats) seen->heard = world_.time().now();
    if (each.retry) seen->retry = *each.retry;
    if (each.kind != part_kind::quiet) now.first = true;
  }
  if (script.format == stream_format::bytes) now.first = true;
  if (now.votes == nullptr) return;
  const breaker_snapshot votes = now.votes->guard->snapshot(world_.time().now());
  now.votes_before = votes.totals.calls;
  now.counts = votes.generation == now.generation;
}

void stream_promises::on_body_end(const received& of, wire_failure how) {
  seen_stream* seen = find(of);
  if (seen == nullptr) return;
  seen_attempt& now = seen->now;
  now.ended = how;
  now.ended_at = world_.time().now();
  const breaker_snapshot votes = now.votes->guard->snapshot(now.ended_at);
  now.votes_before = votes.totals.calls;
  now.counts = votes.generation == now.generation;
  if (how == wire_failure::timeout) check_timeout(*seen);
  if (!now.script || how != wire_failure::none) return;
  for (const stream_part& each : now.script->parts) {
    if (each.kind == part_kind::too_long) break;
    if (each.kind != part_kind::quiet && has_come(*now.script, each, now.delivered, true)) now.first = true;
  }
}

time_point stream_promises::limit_of(const seen_stream& seen) const {
  const time_point whole = seen.stream->deadline;
  if (!seen.now.first) return seen.now.deadline;
  if (seen.between_events == duration::zero()) return whole;
  return std::min(whole, std::max(*seen.stream->waits_since, seen.heard) + seen.between_events);
}

/// After the last word nothing is waited for but the end of the connection.
bool stream_promises::is_done(const seen_stream& seen) {
  if (!seen.now.script || seen.now.script->parts.empty()) return false;
  const stream_part& last = seen.now.script->parts.back();
  return last.kind == part_kind::done && last.end <= seen.now.delivered;
}

void stream_promises::check_timeout(const seen_stream& seen) {
  if (is_done(seen)) return;
  const time_point limit = limit_of(seen);
  const time_point latest = std::max({limit, *seen.stream->waits_since, world_.resumed()});
  if (seen.now.ended_at < limit) broken("clocks", seen, "timed out before its time");
  if (seen.now.ended_at > latest + tick) broken("clocks", seen, "timed out too late");
}

void stream_promises::on_over(const received& what) {
  if (seen_stream* seen = find(what)) seen->now.over = true;
}

void stream_promises::check_votes(const seen_stream& seen, bool first) {
  const seen_attempt& now = seen.now;
  const time_point at = world_.time().now();
  if (by_hand_ || (now.votes->slow_after > duration::zero() && at - now.at >= now.votes->slow_after)) return;
  const std::uint64_t votes = now.votes->guard->snapshot(at).totals.calls;
  const std::uint64_t more = first && now.counts ? 1 : 0;
  if (votes != now.votes_before + more) {
    broken("one vote", seen,
           "the breaker has " + std::to_string(votes) + " votes, and not " + std::to_string(now.votes_before) +
               (more != 0 ? " and this one" : ""));
  }
}

void stream_promises::on_event(const started_stream& by) {
  seen_stream& seen = open_.at(by.id);
  seen_attempt& now = seen.now;
  const started_stream::event& got = by.events.back();
  if (!now.script) return broken("events", seen, "an event of no answer");
  const stream_script& script = *now.script;
  if (script.tenant != by.tenant) broken("tenants apart", seen, "an event of '" + script.tenant + "'");
  if (script.format == stream_format::automatic) {
    const bool good = script.usable && by.events.size() == 1 && got.data == script.body;
    if (!good) broken("events", seen, "an answer is given as an event that is none");
    return;
  }
  if (now.over) broken("events", seen, "an event of an answer whose connection is closed");
  if (now.next == 0) {
    check_votes(seen, true);
    now.votes_before = now.votes->guard->snapshot(world_.time().now()).totals.calls;
  }
  if (script.format == stream_format::bytes) {
    const bool good =
        now.next + got.data.size() <= now.delivered && script.body.compare(now.next, got.data.size(), got.data) == 0;
    if (!good) broken("events", seen, "bytes that were not sent");
    now.next += got.data.size();
    return;
  }
  while (now.next < script.parts.size() && script.parts[now.next].kind == part_kind::quiet) ++now.next;
  if (now.next == script.parts.size())
    return broken("events", seen, "an event that was not sent: " + got.data.substr(0, 80));
  const stream_part& next = script.parts[now.next++];
  if (!next.id.empty()) seen.last_id = next.id;
  const bool came = has_come(script, next, now.delivered, now.ended == wire_failure::none);
  const bool same = got.data == next.data && got.type == next.type && (next.type.empty() || got.id == seen.last_id);
  if (next.kind != part_kind::event || !came || !same) {
    broken("events", seen, "not the next one: " + got.data.substr(0, 80) + " instead of " + next.data.substr(0, 80));
  }
}

void stream_promises::on_stream_end(const started_stream& ended) {
  const seen_stream& seen = open_.at(ended.id);
  if (!ended.dropped) {
    check_ending(seen);
    check_error(seen);
    // Where nothing lay between the end of the body and that of the stream, nobody else has voted.
    const bool at_once =
        seen.now.ended && seen.now.ended_at == ended.ended && (!ended.resumes || ended.how == stream_end::finished);
    if (seen.now.first && seen.now.next > 0 && at_once) check_votes(seen, false);
  }
  open_.erase(ended.id);
}

void stream_promises::after_event() {
  const time_point now = world_.time().now();
  for (const auto& [id, seen] : open_) {
    const seen_attempt& attempt = seen.now;
    if (!seen.stream->waits_since || attempt.at == time_point() || attempt.ended || attempt.over || is_done(seen)) {
      continue;
    }
    if (now > std::max({limit_of(seen), *seen.stream->waits_since, world_.resumed()}) + tick) {
      broken("clocks", seen, attempt.first ? "no event, and no end in time" : "no first event, and no end in time");
    }
  }
}

}  // namespace enlace::simulation
