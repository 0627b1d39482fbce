#include "cli/text_table.hpp"

#include <algorithm>
#include <utility>

#include "cli/terminal.hpp"

namespace enlace::cli {

namespace {

/// Columns that a UTF-8 text takes: its code points, which is right for all but wide and combining characters.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

void text_table::add(std::vector<std::string> cells, std::string_view shade) {
  for (std::string& cell : cells) cell = without_controls(cell);
  rows_.push_back({std::move(cells), shade});
}

std::string text_table::text(bool coloured) const {
  std::vector<std::size_t> widths(rows_.front().cells.size());
  for (const row& each : rows_) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], width_of(each.cells[i]));
  }
  std::string made;
  for (const row& each : rows_) {
    const std::string_view shade = &each == &rows_.front() ? colour::bold : each.shade;
    if (coloured) made.append(shade);
    for (std::size_t i = 0; i < widths.size(); ++i) {
      made.append(each.cells[i]);
      if (i + 1 < widths.size()) made.append(widths[i] - width_of(each.cells[i]) + 2, ' ');
    }
    if (coloured && !shade.empty()) made.append(colour::plain);
    made.push_back('\n');
  }
  return made;
}

}  // namespace enlace::cli
