#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <enlace/headers.hpp>

namespace enlace {

/// What the head of an HTTP/1 answer says of its body and its connection (RFC 9112, 6 and 9).
struct response_head {
  int status = 0;
  bool http11 = true;
  bool chunked = false;
  std::optional<std::uint64_t> length;
  /// There is a Content-Encoding.
  bool coded = false;
  bool close = false;
  bool keep_alive = false;
  /// Nothing to refuse, but another recipient may see another end of the answer: its connection is good for no more.
  bool doubtful = false;

  /// Whether the peer keeps the connection open after an answer that it delimits itself.
  [[nodiscard]] bool persistent() const noexcept { return !close && !doubtful && (http11 || keep_alive); }
};

/// Reads a head that `head_scanner` found complete; `first_line_size` is the scanner's. The fields go to `fields`, but
/// those of an interim answer (1xx) nowhere. Returns what is wrong with the head; empty when nothing is.
///
/// Refused: what is no field line, controls in values, bare CRs but in the reason, a Content-Length that is not one
/// number or that repeats with another one, Transfer-Encoding that is not `chunked` alone, both of them together.
[[nodiscard]] std::string_view parse_response_head(std::string_view head, std::size_t first_line_size,
                                                   response_head& out, headers& fields);

}  // namespace enlace
