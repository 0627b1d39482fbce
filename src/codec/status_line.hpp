#pragma once

#include <optional>
#include <string_view>

namespace enlace {

/// The first line of an HTTP/1 answer (RFC 9112, 4). The reason is dropped.
struct status_line {
  bool http11 = true;
  /// 100 to 999: what a status beyond 599 means is for the caller to say.
  int status = 0;
  /// The reason holds bare CRs, which count as spaces (RFC 9112, 2.2). Another recipient may see line ends in them.
  bool bare_cr = false;
};

/// What every status line begins with.
inline constexpr std::string_view status_line_begin = "HTTP/1.";

/// Reads a line without its CRLF; nothing when it is not a status line of HTTP/1.0 or 1.1. The space before an empty
/// reason may be missing, as many servers have it. Controls in the reason are refused.
[[nodiscard]] std::optional<status_line> parse_status_line(std::string_view line) noexcept;

}  // namespace enlace
