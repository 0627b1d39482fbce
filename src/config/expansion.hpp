#pragma once

#include <functional>
#include <string>

#include <enlace/options.hpp>
#include <enlace/result.hpp>

#include "config/raw_value.hpp"

namespace enlace {

/// What texts of a configuration may refer to.
struct surroundings {
  const environment* variables = nullptr;
  /// The configuration file; relative paths start at its folder.
  std::string file;
  /// Reads the file that `file:PATH` names; a test hands in its own.
  std::function<result<std::string>(const std::string& path)> read_file;
};

/// Replaces `${VAR}` by the variable's value and a whole `file:PATH` by what the file holds, without the line ends at
/// its end; `$${` stands for `${`. What was put in is not looked at again. The text as it was goes to `written`, so
/// that no message or explanation need ever show a secret. Lists are done item by item.
/// Gives what is wrong, or nothing.
[[nodiscard]] std::string expand(raw_value& value, const surroundings& around);

}  // namespace enlace
