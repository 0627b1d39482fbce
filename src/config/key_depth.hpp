#pragma once

#include <string_view>

namespace enlace {

/// The line of the first key or table header of a TOML text that has more than `most` parts ("a.b.c" has three); 0 when
/// there is none. toml++ 3.3 bounds the nesting of values but not of dotted keys, and a table of tables a million deep
/// ends the process when it is destroyed.
[[nodiscard]] int line_of_deep_key(std::string_view text, int most) noexcept;

}  // namespace enlace
