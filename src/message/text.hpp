#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <enlace/json.hpp>

namespace enlace {

[[nodiscard]] bool is_ascii(std::string_view bytes) noexcept;

/// ISO 8859-1 as UTF-8. Every byte is a character there.
[[nodiscard]] std::string utf8_from_latin1(std::string_view bytes);

/// The text after a UTF-8 byte order mark, if it has one.
[[nodiscard]] std::string_view without_bom(std::string_view text) noexcept;

/// What of foreign bytes may stand in an error: UTF-8 of at most `limit` bytes, cut between characters, with U+FFFD for
/// what is not UTF-8, a space for each tab, CR and LF, and no other control characters.
[[nodiscard]] std::string excerpt(std::string_view bytes, std::size_t limit);

}  // namespace enlace
