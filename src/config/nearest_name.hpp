#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace enlace {

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other, whatever the case
/// (optimal string alignment).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name that a mistyped one was probably meant to be, if any is near enough: a slip for every three letters, four
/// at most.
[[nodiscard]] std::optional<std::string_view> nearest_name(std::string_view mistyped,
                                                           std::span<const std::string_view> names);

}  // namespace enlace
