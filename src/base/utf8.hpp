#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace enlace {

/// How many bytes at the start of `text` are well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong).
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text) noexcept;

[[nodiscard]] inline bool is_valid_utf8(std::string_view text) noexcept {
  return valid_utf8_prefix(text) == text.size();
}

/// `text` with each ill-formed part (Unicode 15, 3.9: the maximal subpart) replaced by U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

}  // namespace enlace
