#pragma once

#include <string>
#include <string_view>

#include "config/option_table.hpp"

namespace enlace {

/// The value as people read it: 20s, 64MiB, ["a", "b"]; empty when it is not set.
[[nodiscard]] std::string format_option(option_kind kind, const option_value& value);

/// "a duration such as ...": what has to be written for that kind.
[[nodiscard]] std::string_view describe(option_kind kind) noexcept;

}  // namespace enlace
