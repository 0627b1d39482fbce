#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace enlace {

/// What a byte may be in a URL (RFC 3986, appendix A): flags.
namespace url_byte {
inline constexpr std::uint8_t unreserved = 1;
inline constexpr std::uint8_t path = 2;
inline constexpr std::uint8_t query = 4;
inline constexpr std::uint8_t control = 8;
/// Ends an authority, or stands in one before the host.
inline constexpr std::uint8_t around_host = 16;
}  // namespace url_byte

inline constexpr std::array<std::uint8_t, 256> url_bytes = [] {
  std::array<std::uint8_t, 256> table{};
  const auto mark = [&table](std::string_view bytes, unsigned flags) {
    for (const char c : bytes) table[static_cast<unsigned char>(c)] = static_cast<std::uint8_t>(flags);
  };
  constexpr unsigned both = url_byte::path | url_byte::query;
  mark("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", url_byte::unreserved | both);
  mark("!$&'()*+,;=:", both);
  mark("@/", both | url_byte::around_host);
  mark("?", url_byte::query | url_byte::around_host);
  mark("#", url_byte::around_host);
  for (unsigned c = 0; c < 0x20; ++c) table[c] = url_byte::control;
  table[0x7F] = url_byte::control;
  return table;
}();

[[nodiscard]] inline bool has_url_byte(char byte, std::uint8_t flag) noexcept {
  return (url_bytes[static_cast<unsigned char>(byte)] & flag) != 0;
}
[[nodiscard]] inline bool has_control(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](char c) { return has_url_byte(c, url_byte::control); });
}

/// The value of the percent triplet at the start of `text`, or -1 when there is none.
[[nodiscard]] int triplet_value(std::string_view text) noexcept;

void append_percent_encoded(std::string& out, std::string_view bytes);

/// Appends a path or query in normal form (RFC 3986, 6.2.2): triplets in upper case, those of unreserved bytes
/// decoded, bytes that may not stand there encoded, a percent sign without its two digits too.
/// `allowed` is the flag of what may stand. False when there is a control in it.
[[nodiscard]] bool append_normalised(std::string& out, std::string_view text, std::uint8_t allowed);

}  // namespace enlace
