#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace enlace {

/// "2.5s" taken apart: digits before and after the point, and what follows.
struct split_number {
  bool valid = false;
  std::string_view whole;
  std::string_view fraction;
  std::string_view rest;
};

/// Valid when the text begins with a digit, and a point has digits on both sides. No sign, no exponent.
[[nodiscard]] split_number split_leading_number(std::string_view text) noexcept;

/// The number times `unit` (1 to 10^13), without the error that floating point would bring in: cut off below one, and
/// after nine decimals. Nothing when it doesn't fit.
[[nodiscard]] std::optional<std::uint64_t> scale_decimal(const split_number& number, std::uint64_t unit) noexcept;

/// `count / unit` as a decimal without trailing zeros. `unit` is a power of ten.
[[nodiscard]] std::string format_decimal(std::uint64_t count, std::uint64_t unit);

}  // namespace enlace
