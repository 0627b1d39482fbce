#include "context/trace_context.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "context/member_list.hpp"

namespace enlace {
namespace {

constexpr std::uint8_t known_flags = 0x03;

/// Lower case only, as the specification has it; -1 for anything else.
int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool read(std::string_view text, std::span<std::uint8_t> out) noexcept {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

/// The two digits of each byte.
constexpr std::array<std::array<char, 2>, 256> hex_pairs = [] {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) table[byte] = {digits[byte >> 4U], digits[byte & 0xFU]};
  return table;
}();

char* write(std::span<const std::uint8_t> bytes, char* out) noexcept {
  for (const std::uint8_t byte : bytes) {
    std::memcpy(out, hex_pairs[byte].data(), 2);
    out += 2;
  }
  return out;
}

bool all_zero(std::span<const std::uint8_t> id) noexcept {
  return std::ranges::all_of(id, [](std::uint8_t byte) { return byte == 0; });
}

/// Never all zero, which stands for no id.
void fill(std::span<std::uint8_t> id, random_source& random) noexcept {
  do {
    for (std::size_t i = 0; i < id.size(); i += 8) {
      const std::uint64_t bits = random.next();
      std::memcpy(&id[i], &bits, sizeof(bits));
    }
  } while (all_zero(id));
}

bool is_sampled(std::span<const std::uint8_t, 16> id, double share) noexcept {
  constexpr double all = 0x1p56;
  std::uint64_t bits = 0;
  for (const std::uint8_t byte : id.last<7>()) bits = bits << 8U | byte;
  return static_cast<double>(bits) >= (1 - share) * all;
}

}  // namespace

std::optional<trace_context> trace_context::parse(std::string_view traceparent) noexcept {
  const std::string_view text = trimmed(traceparent);
  if (text.size() < text_size || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  std::uint8_t version = 0;
  trace_context parsed;
  if (!read(text, std::span(&version, 1)) || version == 0xFF || !read(text.substr(3), parsed.trace_id) ||
      !read(text.substr(36), parsed.span_id) || !read(text.substr(53), std::span(&parsed.flags, 1))) {
    return std::nullopt;
  }
  // A later version may append fields, each after a dash.
  if (text.size() > text_size && (version == 0 || text[text_size] != '-')) return std::nullopt;
  if (all_zero(parsed.trace_id) || all_zero(parsed.span_id)) return std::nullopt;
  parsed.flags &= known_flags;
  return parsed;
}

trace_context trace_context::make_root(random_source& random, double share) noexcept {
  trace_context root;
  fill(root.trace_id, random);
  fill(root.span_id, random);
  root.flags = share > 0 && is_sampled(root.trace_id, share) ? 1 : 0;
  return root;
}

trace_context trace_context::child(random_source& random) const noexcept {
  trace_context below = *this;
  fill(below.span_id, random);
  return below;
}

std::string_view trace_context::format(std::span<char, text_size> out) const noexcept {
  char* at = out.data();
  *at++ = '0';
  *at++ = '0';
  *at++ = '-';
  at = write(trace_id, at);
  *at++ = '-';
  at = write(span_id, at);
  *at++ = '-';
  write(std::span(&flags, 1), at);
  return {out.data(), out.size()};
}

std::string_view trace_context::format_trace_id(std::span<char, 32> out) const noexcept {
  write(trace_id, out.data());
  return {out.data(), out.size()};
}

std::string_view trace_context::format_span_id(std::span<char, 16> out) const noexcept {
  write(span_id, out.data());
  return {out.data(), out.size()};
}

}  // namespace enlace
