#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <enlace/stream_event.hpp>

#include "codec/decoded.hpp"
#include "codec/ndjson_decoder.hpp"
#include "codec/sse_decoder.hpp"

namespace enlace {

/// The elements of a stream, whatever it is made of: server-sent events, lines of JSON, or pieces of bytes as they
/// come. Bytes are handed in by `feed`, and stay where they are until `next` gave `need_more`.
class event_reader {
 public:
  enum class kind : std::uint8_t { sse, ndjson, bytes };
  /// Bytes of one event at most, and so of what is kept here.
  static constexpr std::size_t max_event_bytes = 256 * 1024;

  /// Makes ready for a body of that kind. The last event id is kept, as the one from which a stream goes on.
  void begin(kind what);
  void feed(std::string_view bytes) noexcept { left_ = bytes; }
  /// The next event that lies whole in what was fed, if there is one.
  decoded next();
  /// The body is over: a last line without its newline is an event too.
  decoded finish();
  /// Valid until the next call of `next` or `finish`.
  [[nodiscard]] const stream_event& event() const noexcept { return event_; }

  /// Of SSE: the id of the last event that had one; of the others: empty.
  [[nodiscard]] const std::string& last_event_id() const noexcept { return last_id_; }
  void last_event_id(std::string id) { last_id_ = std::move(id); }
  /// Of SSE: what the server asked to wait before it is called again.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }
  /// Of SSE: comments so far.
  [[nodiscard]] std::uint64_t comments() const noexcept;
  /// Whether nothing of an unfinished event is held.
  [[nodiscard]] bool between_events() const noexcept;
  [[nodiscard]] bool is_sse() const noexcept { return std::holds_alternative<sse_decoder>(decoder_); }
  [[nodiscard]] bool is_ndjson() const noexcept { return std::holds_alternative<ndjson_decoder>(decoder_); }

 private:
  std::variant<std::monostate, sse_decoder, ndjson_decoder> decoder_;
  std::string_view left_;
  stream_event event_;
  std::string last_id_;
  std::optional<std::chrono::milliseconds> retry_;
};

}  // namespace enlace
