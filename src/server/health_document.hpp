#pragma once

#include <string_view>

#include <enlace/clock.hpp>
#include <enlace/json.hpp>

namespace enlace {

/// What `/health` answers with: `{service, version, status, timestamp, components}`. `status` is "available",
/// "degraded" or "unavailable"; the timestamp is in seconds since the epoch, as in errors.
[[nodiscard]] json::object health_document(std::string_view service, std::string_view version, std::string_view status,
                                           json::object components, wall_time now);

}  // namespace enlace
