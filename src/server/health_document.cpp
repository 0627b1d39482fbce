#include "server/health_document.hpp"

#include <utility>

namespace enlace {

json::object health_document(std::string_view service, std::string_view version, std::string_view status,
                             json::object components, wall_time now) {
  const seconds_d timestamp = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  return object("service", service, "version", version, "status", status, "timestamp", timestamp.count(), "components",
                std::move(components));
}

}  // namespace enlace
