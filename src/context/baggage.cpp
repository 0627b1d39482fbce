#include <enlace/baggage.hpp>
#include <enlace/headers.hpp>
#include <enlace/url.hpp>

#include "context/member_list.hpp"

namespace enlace {
namespace {

constexpr std::size_t max_members = 64;
constexpr std::size_t max_bytes = 8192;

/// `baggage-octet` of the specification.
bool is_octet(char c) noexcept { return c > 0x20 && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\'; }

/// "key = value" without the white space; false when it is not well-formed.
bool split_pair(std::string_view pair, std::string_view& key, std::string_view& value) noexcept {
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return false;
  key = trimmed(pair.substr(0, equals));
  value = trimmed(pair.substr(equals + 1));
  return is_token(key) && std::ranges::all_of(value, is_octet);
}

std::optional<std::string> read_property(std::string_view property) {
  if (is_token(property)) return std::string(property);
  std::string_view key;
  std::string_view value;
  if (!split_pair(property, key, value)) return std::nullopt;
  return std::string(key) + "=" + std::string(value);
}

std::optional<baggage_entry> read_entry(std::string_view member) {
  std::string_view key;
  std::string_view value;
  if (!split_pair(take_part(member, ';'), key, value)) return std::nullopt;
  baggage_entry entry(std::string(key), percent_decode(value));
  while (!member.empty()) {
    std::optional<std::string> property = read_property(take_part(member, ';'));
    if (!property) return std::nullopt;
    entry.properties.push_back(*std::move(property));
  }
  return entry;
}

void append_value(std::string& out, std::string_view value) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : value) {
    if (is_octet(c) && c != '%') {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(digits[byte >> 4U]);
    out.push_back(digits[byte & 0xFU]);
  }
}

}  // namespace

std::vector<baggage_entry> parse_baggage(std::string_view header) {
  std::vector<baggage_entry> entries;
  while (!header.empty()) {
    const std::string_view member = take_part(header, ',');
    if (std::optional<baggage_entry> entry = read_entry(member)) entries.push_back(*std::move(entry));
  }
  return entries;
}

std::string format_baggage(const std::vector<baggage_entry>& entries) {
  std::string header;
  for (const baggage_entry& entry : entries) {
    if (!is_token(entry.key)) continue;
    if (!header.empty()) header.push_back(',');
    header.append(entry.key).push_back('=');
    append_value(header, entry.value);
    for (const std::string& property : entry.properties) header.append(";").append(property);
  }
  return header;
}

std::string_view limit_baggage(std::string_view header) noexcept {
  std::size_t members = 0;
  std::size_t kept = 0;
  for (std::string_view rest = header; !rest.empty();) {
    const std::string_view member = take_part(rest, ',');
    if (member.empty()) continue;
    const auto end = static_cast<std::size_t>(member.data() + member.size() - header.data());
    if (++members > max_members || end > max_bytes) break;
    kept = end;
  }
  return header.substr(0, kept);
}

}  // namespace enlace
