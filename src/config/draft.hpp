#pragma once

#include <map>
#include <string>
#include <string_view>

#include <enlace/options.hpp>

#include "config/expansion.hpp"
#include "config/option_table.hpp"
#include "config/problem_list.hpp"
#include "config/raw_value.hpp"

namespace enlace {

/// A configuration in the making: what has been set so far, where, and what was wrong.
class draft {
 public:
  settings values;
  std::map<std::string, option_origin, std::less<>> origins;
  problem_list problems;

  /// Sets an option to what was written, or notes the problem. `where` is for messages: "enlace.toml:14".
  void set(const table_path& table, const option_row& row, raw_value raw, const std::string& where,
           const surroundings& around);
  /// Notes a problem with an option, at the place where it was set.
  void refuse(const table_path& table, std::string_view option, const std::string& what);
};

/// Reads the tables of a configuration file into the draft.
void read_document(const raw_value& document, const surroundings& around, draft& into);

/// Sets what the `ENLACE_...` variables say (docs/reference/configuration.md has their names). They count over the
/// file, so they come after it.
void read_variables(const surroundings& around, draft& into);

/// Checks what the tables say together, and what a program set itself; the rest was checked as it was set.
void check_draft(draft& whole);

}  // namespace enlace
