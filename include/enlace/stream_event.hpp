// Module: message
#pragma once

#include <string_view>

#include <enlace/json.hpp>
#include <enlace/result.hpp>

namespace enlace {

/// One element of a stream. Its members are views into the stream's buffer, valid until the stream's next `next()`.
/// Never an aggregate: g++ 12 destroys aggregate temporaries in a `co_await` expression twice.
class stream_event {
 public:
  stream_event() noexcept {}
  stream_event(std::string_view event_type, std::string_view event_data, std::string_view event_id) noexcept
      : type(event_type), data(event_data), id(event_id) {}

  /// Of SSE: the event's name, "message" where it has none. Of NDJSON and bytes: empty.
  std::string_view type;
  /// Of SSE: the data, its lines joined by LF. Of NDJSON: the line without its end. Of bytes: those that came.
  std::string_view data;
  /// Of SSE: the stream's last event id as of this event. Of NDJSON and bytes: empty.
  std::string_view id;

  /// `data` parsed as JSON.
  /// Errors: those of `parse_json`.
  [[nodiscard]] result<json::value> value() const;
};

}  // namespace enlace
