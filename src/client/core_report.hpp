#pragma once

#include <string>
#include <vector>

#include <enlace/client.hpp>

namespace enlace {

/// One service at one moment, as people look at it.
struct service_report {
  std::string name;
  std::vector<breaker_report> breakers;
  breaker_override led = breaker_override::automatic;
  /// Retries that are left.
  double budget = 0;
  double budget_limit = 0;
  int in_flight = 0;
  /// Zero: no limit.
  int in_flight_limit = 0;
};

struct tenant_report {
  std::string tenant;
  int in_flight = 0;
  int limit = 0;
};

}  // namespace enlace
