#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <enlace/stream_event.hpp>

#include "codec/decoded.hpp"

namespace enlace {

/// Takes newline-delimited JSON (github.com/ndjson/ndjson-spec) apart into lines, which it does not look into. Blank
/// lines and a byte order mark at the beginning are skipped. A line that lies whole in the bytes handed in is not
/// copied.
class ndjson_decoder {
 public:
  /// No line may have more than `max_line_bytes`, its end not counted.
  explicit ndjson_decoder(std::size_t max_line_bytes) noexcept : max_(max_line_bytes) {}
  ndjson_decoder(const ndjson_decoder&) = delete;
  ndjson_decoder& operator=(const ndjson_decoder&) = delete;

  /// Takes bytes from the front of `bytes`, up to the end of the next line that is not blank. Without one it takes all
  /// and keeps the beginning of a line.
  decoded next(std::string_view& bytes);
  /// There are no more bytes: a last line without its newline becomes an event, else `need_more`.
  decoded finish();
  /// The line, without LF or CRLF, as data. Valid until the next call, while the bytes handed in last are there.
  [[nodiscard]] const stream_event& event() const noexcept { return event_; }

  /// Whether the last line is complete.
  [[nodiscard]] bool between_events() const noexcept { return !line_open_; }
  /// Makes ready for a new stream.
  void reset() noexcept;

 private:
  bool give(std::string_view line) noexcept;

  stream_event event_;
  std::string line_;  // the beginning of a line; after an event, what `event_` is made of
  std::size_t max_;
  bool line_open_ : 1 = false;  // `line_` is the beginning of a line
  bool begun_ : 1 = false;      // the first line, and with it a byte order mark, is past
  bool too_large_ : 1 = false;
};

}  // namespace enlace
