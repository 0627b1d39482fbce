#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <enlace/stream_event.hpp>

#include "codec/decoded.hpp"

namespace enlace {

/// Takes a stream of server-sent events apart (the WHATWG HTML standard, 9.2.6): lines end in LF, CR or CRLF, and what
/// is not UTF-8 is replaced by U+FFFD. Data of one line that lies whole in the bytes handed in is not copied. Between
/// events it holds no memory but that of a long id.
class sse_decoder {
 public:
  /// No line may have more than `max_event_bytes`, its end not counted, and no event more in data, type and id
  /// together.
  explicit sse_decoder(std::size_t max_event_bytes) noexcept : max_(max_event_bytes) {}
  sse_decoder(const sse_decoder&) = delete;
  sse_decoder& operator=(const sse_decoder&) = delete;

  /// Takes bytes from the front of `bytes`, up to the end of the next event. Without one it takes all and keeps what is
  /// incomplete.
  decoded next(std::string_view& bytes);
  /// Valid until the next call, while the bytes handed in last are there.
  [[nodiscard]] const stream_event& event() const noexcept { return event_; }

  /// For the `Last-Event-ID` of a new connection. An id counts once its event has ended, even one without data.
  [[nodiscard]] const std::string& last_event_id() const noexcept { return last_id_; }
  /// For a stream that goes on from another; before any bytes.
  void last_event_id(std::string id) noexcept { last_id_ = std::move(id); }
  /// How long the server asks to wait before a new connection: its last valid `retry`, at most a day.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const noexcept;
  /// How many comment lines there were.
  [[nodiscard]] std::uint64_t comments() const noexcept { return comments_; }
  /// Whether nothing of an unfinished event is held: the last line is complete, and no field waits for its event's end.
  [[nodiscard]] bool between_events() const noexcept { return !line_open_ && !has_data_ && !has_names_; }
  /// Makes ready for the bytes of a new connection. An unfinished event is dropped, the last event id is kept.
  void reset() noexcept;

 private:
  struct fields;
  fields take_up() const noexcept;
  void drop_event() noexcept;
  bool take_line(fields& now, std::string_view line, bool ascii);
  void take_data(fields& now, std::string_view value);
  void take_retry(std::string_view value) noexcept;
  bool dispatch(fields& now);
  void put_away(const fields& now);
  decoded refuse(std::string_view& bytes) noexcept;

  stream_event event_;
  std::string line_;   // the beginning of a line, or a line that an event's views point to
  std::string data_;   // data of several lines, or of an event whose end is not there
  std::string names_;  // type and id of such an event, LF between them; or a type that was not UTF-8
  std::string last_id_;
  std::size_t max_;
  std::uint64_t comments_ = 0;
  std::int32_t retry_ms_ = -1;
  bool line_open_ : 1 = false;  // `line_` is the beginning of a line
  bool has_data_ : 1 = false;   // `data_` is of an event whose end is not there
  bool has_names_ : 1 = false;  // so are `names_`
  bool has_id_ : 1 = false;     // an id is among them
  bool begun_ : 1 = false;      // the first line, and with it a byte order mark, is past
  bool after_cr_ : 1 = false;   // the last byte was a CR: a LF that follows belongs to it
  bool too_large_ : 1 = false;
};

}  // namespace enlace
