#include "message/text.hpp"

#include <cstdint>
#include <cstring>
#include <utility>

#include "base/utf8.hpp"

namespace enlace {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool continues_character(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// The first `limit` bytes of UTF-8 text, less the part of a character that the cut would leave.
std::string_view cut(std::string_view text, std::size_t limit) noexcept {
  if (text.size() <= limit) return text;
  while (limit > 0 && continues_character(text[limit])) --limit;
  return text.substr(0, limit);
}

/// Takes UTF-8, so that C2 always has its second byte.
std::string without_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\t' || byte == '\n' || byte == '\r') {
      out.push_back(' ');
    } else if (byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
      ++i;  // U+0080 to U+009F
    } else if (byte >= 0x20 && byte != 0x7F) {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace

bool is_ascii(std::string_view bytes) noexcept {
  std::size_t at = 0;
  for (std::uint64_t block = 0; at + sizeof block <= bytes.size(); at += sizeof block) {
    std::memcpy(&block, bytes.data() + at, sizeof block);
    if ((block & 0x8080808080808080U) != 0) return false;
  }
  for (; at < bytes.size(); ++at) {
    if (static_cast<unsigned char>(bytes[at]) >= 0x80) return false;
  }
  return true;
}

std::string utf8_from_latin1(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 8);
  for (const char byte : bytes) {
    const auto point = static_cast<unsigned char>(byte);
    if (point < 0x80) {
      text.push_back(byte);
    } else {
      text.push_back(static_cast<char>(0xC0 | (point >> 6)));
      text.push_back(static_cast<char>(0x80 | (point & 0x3F)));
    }
  }
  return text;
}

std::string_view without_bom(std::string_view text) noexcept {
  return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
}

std::string excerpt(std::string_view bytes, std::size_t limit) {
  // Repairing may lengthen the text, hence the second cut.
  const std::string valid = to_valid_utf8(cut(bytes, limit));
  return without_controls(cut(valid, limit));
}

}  // namespace enlace
