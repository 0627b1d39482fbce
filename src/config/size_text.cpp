#include "config/size_text.hpp"

#include <array>

#include "config/concat.hpp"
#include "config/decimal.hpp"

namespace enlace {

namespace {

struct size_unit {
  std::string_view name;
  std::uint64_t bytes;
};

// Largest first: formatting takes the first one that divides the size.
constexpr std::array<size_unit, 10> size_units = {{{"TiB", 1ULL << 40},
                                                   {"TB", 1'000'000'000'000},
                                                   {"GiB", 1ULL << 30},
                                                   {"GB", 1'000'000'000},
                                                   {"MiB", 1ULL << 20},
                                                   {"MB", 1'000'000},
                                                   {"KiB", 1ULL << 10},
                                                   {"kB", 1'000},
                                                   {"KB", 1'000},
                                                   {"B", 1}}};

}  // namespace

result<std::uint64_t> parse_size(std::string_view text) {
  const split_number number = split_leading_number(text);
  if (number.valid) {
    for (const size_unit& unit : size_units) {
      if (number.rest != unit.name && !(number.rest.empty() && unit.bytes == 1)) continue;
      if (const std::optional<std::uint64_t> bytes = scale_decimal(number, unit.bytes)) return *bytes;
      return error(error_code::validation_error, concat("'", text, "' is too large"));
    }
  }
  return error(error_code::validation_error,
               concat("'", text, "' is not a size; write it like \"64MiB\", \"1MB\" or \"4096\""));
}

std::string format_size(std::uint64_t bytes) {
  if (bytes == 0) return "0B";
  for (const size_unit& unit : size_units) {
    if (bytes % unit.bytes == 0) return concat(std::to_string(bytes / unit.bytes), unit.name);
  }
  return std::to_string(bytes) + "B";
}

}  // namespace enlace
