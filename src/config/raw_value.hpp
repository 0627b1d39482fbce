#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace enlace {

struct raw_entry;

/// A value as a file wrote it, before anything is known of what it is for.
struct raw_value {
  enum class type : std::uint8_t { boolean, integer, number, text, list, table, moment };

  type is = type::text;
  /// Of the file, from 1; 0 when it did not come from a file.
  int line = 0;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;
  /// Whether other types may be read from the text: it came from the environment.
  bool untyped = false;
  /// The text before `${VAR}` or `file:PATH` was replaced, or all of a list's; empty when nothing was replaced.
  std::string written;
  std::vector<raw_value> items;
  /// In the order of their names.
  std::vector<raw_entry> members;
};

/// A key of a table, with its line, and its value.
struct raw_entry {
  std::string name;
  int line = 0;
  raw_value value;
};

}  // namespace enlace
