#pragma once

#include <vector>

#include "client/core.hpp"
#include "telemetry/metric.hpp"

namespace enlace {

/// Everything that is counted of a core's calls, and how its breakers, budgets, limits and connections stand.
[[nodiscard]] std::vector<metric> metrics_of(client_core& core, time_point now);

}  // namespace enlace
