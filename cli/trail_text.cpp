#include "cli/trail_text.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "cli/terminal.hpp"

namespace enlace::cli {

std::string trail_text(const reply& answer) {
  std::string text;
  for (const trail_entry& line : answer.trail()) {
    std::array<char, 48> start{};
    const double at_ms = std::chrono::duration<double, std::milli>(line.at).count();
    std::snprintf(start.data(), start.size(), "%10.1f ms  %-10.16s ", at_ms, line.what.c_str());
    text.append(start.data()).append(without_controls(line.why)).push_back('\n');
  }
  return text;
}

}  // namespace enlace::cli
