#pragma once

#include <string>

#include <enlace/options.hpp>

namespace enlace {

/// The configuration file of a process that is told none.
struct default_file {
  std::string path;
  /// Whether it is a fault when it is not there.
  bool must_exist = false;
};

/// What `$ENLACE_CONFIG` says, else "enlace.toml".
[[nodiscard]] default_file find_default_file(const environment& variables);

}  // namespace enlace
