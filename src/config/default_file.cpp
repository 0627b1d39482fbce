#include "config/default_file.hpp"

namespace enlace {

default_file find_default_file(const environment& variables) {
  const auto named = variables.find("ENLACE_CONFIG");
  if (named != variables.end() && !named->second.empty()) return {named->second, true};
  return {"enlace.toml", false};
}

}  // namespace enlace
