#pragma once

#include <string>
#include <string_view>

namespace enlace::cli {

/// Whether people look at that descriptor (1: output, 2: errors).
[[nodiscard]] bool is_terminal(int descriptor) noexcept;

/// Whether it takes colours: a terminal, unless NO_COLOR is set (no-color.org) or TERM is "dumb".
[[nodiscard]] bool has_colours(int descriptor) noexcept;

/// The text with its controls, which a terminal might obey, as "\u001b" and the like. Other people's words go through
/// it; in JSON text it changes nothing but how a string is written.
[[nodiscard]] std::string without_controls(std::string_view text);

/// Writes all of it. Throws `std::system_error` when the descriptor takes no more.
void write_all(int descriptor, std::string_view text);

namespace colour {
inline constexpr std::string_view plain = "\x1b[0m";
inline constexpr std::string_view bold = "\x1b[1m";
inline constexpr std::string_view red = "\x1b[31m";
inline constexpr std::string_view green = "\x1b[32m";
inline constexpr std::string_view yellow = "\x1b[33m";
inline constexpr std::string_view blue = "\x1b[34m";
inline constexpr std::string_view magenta = "\x1b[35m";
inline constexpr std::string_view cyan = "\x1b[36m";
}  // namespace colour

}  // namespace enlace::cli
