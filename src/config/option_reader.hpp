#pragma once

#include "config/option_table.hpp"
#include "config/raw_value.hpp"
#include "config/value_fault.hpp"

namespace enlace {

/// The value that was written, if it is of the option's kind and range.
[[nodiscard]] value_or_fault<option_value> read_option(const option_row& row, const raw_value& raw);

}  // namespace enlace
