#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace enlace {

/// Finds the end of an HTTP/1 message head, line by line, and refuses what parsers disagree about and an attacker
/// could use: lines that end in a bare LF, and folded lines (RFC 9112, 2.2 and 5.2). It goes on where it stopped, so a
/// head that comes byte by byte is looked at once.
class head_scanner {
 public:
  enum class verdict : std::uint8_t { need_more, complete, bad_line_end, folded_line };

  /// `bytes` begins where the head begins, and begins with what the last call was given.
  verdict scan(std::string_view bytes) noexcept;
  void reset() noexcept { *this = head_scanner(); }

  /// Of the first line, CRLF included; 0 until it is there.
  [[nodiscard]] std::size_t first_line_size() const noexcept { return first_line_size_; }
  /// Of all lines, the blank one at the end included; only once the head is complete.
  [[nodiscard]] std::size_t size() const noexcept { return line_; }
  /// How many lines there were, without the first and the blank one.
  [[nodiscard]] std::size_t fields() const noexcept { return lines_ < 2 ? 0 : lines_ - 2; }

 private:
  std::size_t line_ = 0;      // where the current line begins
  std::size_t searched_ = 0;  // no LF of the current line lies before this
  std::size_t lines_ = 0;
  std::size_t first_line_size_ = 0;
};

}  // namespace enlace
