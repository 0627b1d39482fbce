#include "config/nearest_name.hpp"

#include <algorithm>
#include <vector>

namespace enlace {

namespace {

// Longer names are never near any of ours, and the distance costs the product of the lengths.
constexpr std::size_t longest_name = 128;
constexpr std::size_t most_slips = 4;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

std::optional<std::string_view> nearest_name(std::string_view mistyped, std::span<const std::string_view> names) {
  if (mistyped.empty() || mistyped.size() > longest_name) return std::nullopt;
  std::optional<std::string_view> nearest;
  std::size_t least = std::clamp<std::size_t>(mistyped.size() / 3, 1, most_slips) + 1;
  for (const std::string_view name : names) {
    const std::size_t distance = edit_distance(mistyped, name);
    if (distance >= least) continue;
    least = distance;
    nearest = name;
  }
  return nearest;
}

}  // namespace enlace
