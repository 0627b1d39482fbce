#include "message/percent.hpp"

#include <enlace/url.hpp>

namespace enlace {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void append_triplet(std::string& out, unsigned char byte) {
  const char text[3] = {'%', hex_digits[byte >> 4], hex_digits[byte & 15]};
  out.append(text, sizeof text);
}

}  // namespace

int triplet_value(std::string_view text) noexcept {
  if (text.size() < 3 || text[0] != '%') return -1;
  const int high = hex_value(text[1]);
  const int low = hex_value(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void append_percent_encoded(std::string& out, std::string_view bytes) {
  std::size_t plain = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (has_url_byte(bytes[i], url_byte::unreserved)) continue;
    out.append(bytes, plain, i - plain);
    append_triplet(out, static_cast<unsigned char>(bytes[i]));
    plain = i + 1;
  }
  out.append(bytes, plain);
}

bool append_normalised(std::string& out, std::string_view text, std::uint8_t allowed) {
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (has_url_byte(text[i], allowed)) continue;
    if (has_url_byte(text[i], url_byte::control)) return false;
    out.append(text, plain, i - plain);
    const int value = triplet_value(text.substr(i));
    if (value < 0) {
      append_triplet(out, static_cast<unsigned char>(text[i]));
    } else {
      const auto byte = static_cast<unsigned char>(value);
      if (has_url_byte(static_cast<char>(byte), url_byte::unreserved)) {
        out.push_back(static_cast<char>(byte));
      } else {
        append_triplet(out, byte);
      }
      i += 2;
    }
    plain = i + 1;
  }
  out.append(text, plain);
  return true;
}

std::string percent_encode(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  append_percent_encoded(out, bytes);
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = text[i] == '%' ? triplet_value(text.substr(i)) : -1;
    out.push_back(value < 0 ? text[i] : static_cast<char>(value));
    if (value >= 0) i += 2;
  }
  return out;
}

}  // namespace enlace
