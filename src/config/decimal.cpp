#include "config/decimal.hpp"

#include <limits>

namespace enlace {

namespace {

std::size_t leading_digits(std::string_view text) noexcept {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
  return count;
}

constexpr std::uint64_t digit(char c) noexcept { return static_cast<std::uint64_t>(c - '0'); }

}  // namespace

split_number split_leading_number(std::string_view text) noexcept {
  split_number number;
  const std::size_t whole = leading_digits(text);
  if (whole == 0) return number;
  number.whole = text.substr(0, whole);
  number.rest = text.substr(whole);
  if (number.rest.starts_with('.')) {
    const std::size_t fraction = leading_digits(number.rest.substr(1));
    if (fraction == 0) return number;
    number.fraction = number.rest.substr(1, fraction);
    number.rest.remove_prefix(1 + fraction);
  }
  number.valid = true;
  return number;
}

std::optional<std::uint64_t> scale_decimal(const split_number& number, std::uint64_t unit) noexcept {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t whole = 0;
  for (const char c : number.whole) {
    if (whole > (most - digit(c)) / 10) return std::nullopt;
    whole = whole * 10 + digit(c);
  }
  if (unit != 0 && whole > most / unit) return std::nullopt;
  whole *= unit;

  std::uint64_t numerator = 0;
  std::uint64_t denominator = 1;
  for (const char c : number.fraction.substr(0, 9)) {
    numerator = numerator * 10 + digit(c);
    denominator *= 10;
  }
  // unit * numerator / denominator in two steps, as the product may need more than 64 bits.
  const std::uint64_t part = unit / denominator * numerator + unit % denominator * numerator / denominator;
  if (whole > most - part) return std::nullopt;
  return whole + part;
}

std::string format_decimal(std::uint64_t count, std::uint64_t unit) {
  std::string text = std::to_string(count / unit);
  std::string fraction = std::to_string(unit + count % unit).substr(1);
  while (fraction.ends_with('0')) fraction.pop_back();
  return fraction.empty() ? text : text + "." + fraction;
}

}  // namespace enlace
