#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <enlace/options.hpp>

#include "config/table_path.hpp"

namespace enlace {

/// How an option is written and what it may hold.
enum class option_kind : std::uint8_t {
  boolean,
  integer,
  number,
  size,           ///< bytes
  time,           ///< a duration
  lifetime,       ///< a duration or "never"
  text,           ///< not empty, no control characters
  text_or_none,   ///< the same, or empty
  secret,         ///< the same as text_or_none, but never shown
  base_url,       ///< a URL, or empty; shown without its secrets
  path,           ///< of a file that can be read; empty: none
  hosts,          ///< list of "host:port", "host", "unix:/path"
  host_patterns,  ///< list of "host", "*.domain"
  header_names,   ///< list of tokens
  header_lines,   ///< list of "Name: value"
  scope,          ///< list of ids
};

/// The value of any option; nothing when it is not set.
using option_value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, duration, std::string,
                                  std::vector<std::string>, cache_scope>;

/// What a number, a size in bytes or a duration in seconds may be.
struct option_range {
  double least = 0;
  double most = std::numeric_limits<double>::infinity();
  /// Whether it must be more than `least`.
  bool above = false;
};

/// One option: all that parsing, checking, explaining and the reference need to know of it. The record is the struct of
/// settings that belongs to the kind of table.
struct option_row {
  /// As in the file; of an option in a table within the table: "breaker.min_calls".
  std::string_view name;
  option_kind kind;
  option_range range;
  /// One or two sentences for the reference.
  std::string_view doc;
  option_value (*get)(const void* record);
  void (*set)(void* record, option_value value);
};

/// The options of such a table, in the order of the reference.
[[nodiscard]] std::span<const option_row> options_of(table_kind kind) noexcept;

/// Null when such a table has no option of that name.
[[nodiscard]] const option_row* find_option(table_kind kind, std::string_view name) noexcept;

/// The option's value in that table; nothing when there is no such table, or it does not set it.
[[nodiscard]] option_value option_at(const settings& values, const table_path& table, const option_row& row);

/// Sets the option; makes the table if it is not there.
void set_option(settings& values, const table_path& table, const option_row& row, option_value value);

/// The value that the option has in a table that does not set it; nothing when another table decides then.
[[nodiscard]] option_value default_of(table_kind kind, const option_row& row);

/// Every table that there is, services and operations included.
[[nodiscard]] std::vector<table_path> tables_of(const settings& values);

}  // namespace enlace
