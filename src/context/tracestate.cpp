#include "context/tracestate.hpp"

#include <algorithm>
#include <cstddef>

#include "context/member_list.hpp"

namespace enlace {
namespace {

constexpr std::size_t max_members = 32;
constexpr std::size_t max_text = 256;
constexpr std::string_view key_marks = "_-*/@";

bool is_lower_or_digit(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// Level 2 of the specification, which takes every key that level 1 does.
bool is_key(std::string_view key) noexcept {
  const auto fits = [](char c) { return is_lower_or_digit(c) || key_marks.find(c) != std::string_view::npos; };
  return !key.empty() && key.size() <= max_text && is_lower_or_digit(key.front()) && std::ranges::all_of(key, fits);
}

bool is_value(std::string_view value) noexcept {
  const auto fits = [](char c) { return c >= 0x20 && c <= 0x7E && c != '='; };
  return !value.empty() && value.size() <= max_text && std::ranges::all_of(value, fits);
}

}  // namespace

bool is_tracestate(std::string_view text) noexcept {
  std::size_t members = 0;
  while (!text.empty()) {
    const std::string_view member = take_part(text, ',');
    if (member.empty()) continue;
    const std::size_t equals = member.find('=');
    if (equals == std::string_view::npos || !is_key(member.substr(0, equals)) || !is_value(member.substr(equals + 1))) {
      return false;
    }
    if (++members > max_members) return false;
  }
  return members != 0;
}

}  // namespace enlace
