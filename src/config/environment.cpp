#include <unistd.h>

#include <string_view>

#include <enlace/options.hpp>

namespace enlace {

environment process_environment() {
  environment variables;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view variable(*at);
    const std::size_t equals = variable.find('=');
    if (equals == std::string_view::npos) continue;
    // The first of two wins, as with getenv.
    variables.emplace(variable.substr(0, equals), variable.substr(equals + 1));
  }
  return variables;
}

}  // namespace enlace
