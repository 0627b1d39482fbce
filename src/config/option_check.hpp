#pragma once

#include <string>

#include "config/option_table.hpp"

namespace enlace {

/// What is wrong with a value of the option's type: out of range, not a host, a file that can't be read, ...
/// Empty when nothing is.
[[nodiscard]] std::string check_option(const option_row& row, const option_value& value);

/// "more than 0s and at most 24h"; empty when any value will do.
[[nodiscard]] std::string describe_range(const option_row& row);

}  // namespace enlace
