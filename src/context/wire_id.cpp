#include "context/wire_id.hpp"

#include <algorithm>

namespace enlace {
namespace {

bool is_plain(char c) noexcept { return c > 0x20 && c < 0x7F && c != '%'; }

}  // namespace

std::string_view encode_id(std::string_view id, std::string& buffer) {
  if (std::ranges::all_of(id, is_plain)) return id;
  constexpr std::string_view digits = "0123456789ABCDEF";
  buffer.clear();
  for (const char c : id) {
    if (is_plain(c)) {
      buffer.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    buffer.push_back('%');
    buffer.push_back(digits[byte >> 4U]);
    buffer.push_back(digits[byte & 0xFU]);
  }
  return buffer;
}

}  // namespace enlace
