#include "config/duration_text.hpp"

#include <array>

#include "config/concat.hpp"
#include "config/decimal.hpp"

namespace enlace {

namespace {

struct time_unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Longest first: formatting takes the first one, from the second up, that divides the duration.
constexpr std::array<time_unit, 4> time_units = {
    {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000}, {"ms", 1'000'000}}};

error not_a_duration(std::string_view text) {
  return {error_code::validation_error,
          concat("'", text, "' is not a duration; write it like \"500ms\", \"2.5s\", \"10m\" or \"1h\"")};
}

}  // namespace

result<duration> parse_duration(std::string_view text, bare_number bare) {
  const bool negative = text.starts_with('-');
  const split_number number = split_leading_number(text.substr(negative ? 1 : 0));
  if (!number.valid) return not_a_duration(text);

  std::int64_t unit = 0;
  for (const time_unit& candidate : time_units) {
    if (candidate.name == number.rest) unit = candidate.nanoseconds;
  }
  if (number.rest.empty()) {
    const bool zero = scale_decimal(number, 1'000'000'000) == std::uint64_t{0};
    if (!zero && bare == bare_number::refused) {
      return error(error_code::validation_error,
                   concat("'", text, "' has no unit; write it like \"", text, "s\" or \"", text, "ms\""));
    }
    unit = 1'000'000'000;
  }
  if (unit == 0) return not_a_duration(text);

  const std::optional<std::uint64_t> scaled = scale_decimal(number, static_cast<std::uint64_t>(unit));
  if (!scaled || *scaled > static_cast<std::uint64_t>(std::chrono::nanoseconds(longest_duration).count())) {
    return error(error_code::validation_error, concat("'", text, "' is longer than a year"));
  }
  const auto nanoseconds = static_cast<std::int64_t>(*scaled);
  return duration(std::chrono::nanoseconds(negative ? -nanoseconds : nanoseconds));
}

std::string format_duration(duration value) {
  const std::int64_t count = std::chrono::nanoseconds(value).count();
  if (count == 0) return "0s";
  const std::string_view sign = count < 0 ? "-" : "";
  const std::uint64_t size = count < 0 ? ~static_cast<std::uint64_t>(count) + 1 : static_cast<std::uint64_t>(count);
  const std::uint64_t second = 1'000'000'000;
  const std::uint64_t millisecond = 1'000'000;
  if (size < second) return concat(sign, format_decimal(size, millisecond), "ms");
  for (const time_unit& unit : time_units) {
    const auto one = static_cast<std::uint64_t>(unit.nanoseconds);
    if (size % one == 0) return concat(sign, std::to_string(size / one), unit.name);
    if (one == second) break;
  }
  return concat(sign, format_decimal(size, second), "s");
}

}  // namespace enlace
