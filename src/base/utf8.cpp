#include "base/utf8.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace enlace {
namespace {

/// The second byte's bounds tell surrogates and overlong forms apart (Unicode 15, table 3-7).
struct lead {
  std::size_t size;
  unsigned char low;
  unsigned char high;
};

constexpr lead lead_of(unsigned char byte) noexcept {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

/// The size of the character at the start of `text`; `whole` says whether it is well-formed. When it is not, the size
/// of its maximal subpart, at least 1.
std::size_t character_size(std::string_view text, bool& whole) noexcept {
  const lead first = lead_of(static_cast<unsigned char>(text[0]));
  whole = false;
  if (first.size == 0) return 1;
  for (std::size_t i = 1; i < first.size; ++i) {
    if (i == text.size()) return i;
    const auto byte = static_cast<unsigned char>(text[i]);
    const unsigned char low = i == 1 ? first.low : 0x80;
    const unsigned char high = i == 1 ? first.high : 0xBF;
    if (byte < low || byte > high) return i;
  }
  whole = true;
  return first.size;
}

}  // namespace

std::size_t valid_utf8_prefix(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    // Most text is ASCII: eight bytes at a time.
    std::uint64_t block = 0;
    while (at + sizeof block <= text.size()) {
      std::memcpy(&block, text.data() + at, sizeof block);
      if constexpr (std::endian::native == std::endian::big) block = __builtin_bswap64(block);
      const std::uint64_t others = block & 0x8080808080808080U;
      at += others == 0 ? sizeof block : static_cast<std::size_t>(std::countr_zero(others)) / 8;
      if (others != 0) break;
    }
    if (at == text.size()) break;
    bool whole = false;
    const std::size_t size = character_size(text.substr(at), whole);
    if (!whole) return at;
    at += size;
  }
  return at;
}

std::string to_valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (true) {
    const std::size_t good = valid_utf8_prefix(text);
    out.append(text.substr(0, good));
    text.remove_prefix(good);
    if (text.empty()) return out;
    bool whole = false;
    text.remove_prefix(character_size(text, whole));
    out.append("\xEF\xBF\xBD");
  }
}

}  // namespace enlace
