#pragma once

#include <string_view>

#include <enlace/result.hpp>

#include "config/raw_value.hpp"

namespace enlace {

/// Where a text stops being TOML.
struct toml_fault {
  int line = 0;
  std::string what;
};

/// Reads TOML 1.0 into a table. Only this one source file knows the TOML library.
[[nodiscard]] boost::system::result<raw_value, toml_fault> read_toml(std::string_view text);

}  // namespace enlace
