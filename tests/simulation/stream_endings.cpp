// Which ending fits what a service sent, and how much of it came.

#include "stream_promises.hpp"

namespace enlace::simulation {

namespace {

/// What is to be given next in an attempt, where that has come.
struct left_over {
  const stream_part* part = nullptr;
  bool bytes = false;
};

left_over next_of(const stream_script& script, std::size_t next, std::size_t delivered, bool whole) {
  left_over left;
  if (script.format == stream_format::bytes) left.bytes = next < delivered;
  while (next < script.parts.size() && script.parts[next].kind == part_kind::quiet) ++next;
  if (next >= script.parts.size()) return left;
  const stream_part& part = script.parts[next];
  // One that is too long ends the stream before it is whole.
  if (part.kind == part_kind::too_long || has_come(script, part, delivered, whole)) left.part = &part;
  return left;
}

/// Whether a stream whose connection ended without a fault was whole, as far as a reader can tell.
bool looks_whole(const stream_script& script, std::size_t next, std::size_t delivered) {
  if (delivered == script.body.size()) return true;
  if (!script.until_close) return false;
  if (script.format == stream_format::bytes) return true;
  if (script.wants_last_word && next > 0) return false;
  if (delivered == 0) return true;
  for (const stream_part& each : script.parts) {
    // A line of JSON without its end is one all the same; the LF of a CRLF is no line of its own.
    const bool line = script.format == stream_format::ndjson && each.kind != part_kind::not_utf8;
    const bool crlf = delivered == each.end + 1 && script.body[each.end] == '\n';
    if (delivered == each.end || crlf) return true;
    if (line && delivered >= each.text_end && delivered < each.end) return true;
  }
  return false;
}

bool had_last_word(const stream_script& script, std::size_t next) {
  for (std::size_t i = 0; i < next && i < script.parts.size(); ++i) {
    if (script.parts[i].last_word) return true;
  }
  return false;
}

}  // namespace

void stream_promises::check_ending(const seen_stream& seen) {
  const testing::started_stream& stream = *seen.stream;
  const seen_attempt& now = seen.now;
  const bool whole = now.ended == wire_failure::none;
  left_over left;
  if (now.script) left = next_of(*now.script, now.next, now.delivered, whole);
  const part_kind next = left.part != nullptr ? left.part->kind : part_kind::quiet;
  const bool again = seen.broke.has_value() && !now.first;
  const auto fits = [&] {
    switch (stream.how) {
      case stream_end::finished:
        if (!now.script) return false;
        if (now.script->format == stream_format::automatic) {
          // An empty answer is a success without data; one that ends with its connection may look like it.
          const std::size_t events = now.script->until_close && now.delivered == 0 ? 0 : 1;
          return now.script->usable && whole && stream.events.size() == events;
        }
        if (next == part_kind::done || had_last_word(*now.script, now.next)) return true;
        return whole && next == part_kind::quiet && looks_whole(*now.script, now.next, now.delivered);
      case stream_end::failed:
        return stream.events.empty() && !now.first;
      case stream_end::interrupted:
        if (again) return seen.broke == stream_end::interrupted;
        return now.first && now.ended && now.ended != wire_failure::timeout && now.ended != wire_failure::cancelled &&
               !(whole && looks_whole(*now.script, now.next, now.delivered));
      case stream_end::timed_out:
        return again ? seen.broke == stream_end::timed_out : now.first && now.ended == wire_failure::timeout;
      case stream_end::reported:
        return next == part_kind::fault;
      case stream_end::unusable:
        return next == part_kind::not_utf8 || next == part_kind::too_long;
      case stream_end::cancelled:
        return stream.cancelled_at.has_value();
      case stream_end::open:
        break;
    }
    return false;
  };
  if (!fits())
    broken("one ending", seen, "it ended as '" + std::string(name_of(stream.how)) + "', and should not have");
  if (left.bytes || next == part_kind::event) broken("events", seen, "it ended, and what had come was not given");
}

void stream_promises::check_error(const seen_stream& seen) {
  const testing::started_stream& stream = *seen.stream;
  const int attempts = stream.ending->call().attempts;
  if (attempts > stream.attempts || attempts < stream.attempts - stream.redirects) {
    broken("one ending", seen, "it counts " + std::to_string(attempts) + " attempts");
  }
  if (stream.ending->success()) return;
  const json::object& details = stream.ending->error().details;
  if (!details.contains("events")) return;
  const json::value* id = details.if_contains("last_event_id");
  const std::string said = id == nullptr ? "" : std::string(id->as_string());
  if (said != seen.last_id) {
    broken("one ending", seen, "its error says the last event was '" + said + "', and it was '" + seen.last_id + "'");
  }
  if (stream.how == stream_end::timed_out && !details.contains("stopped_by")) {
    const bool over = seen.now.ended_at >= stream.deadline;
    if (details.at("error") != json::string(over ? "stream_timeout" : "between_events_timeout")) {
      broken("one ending", seen, "its error names another clock");
    }
  }
}

}  // namespace enlace::simulation
