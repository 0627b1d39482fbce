#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <enlace/client.hpp>
#include <enlace/options.hpp>

#include "policy/breaker.hpp"
#include "policy/limiter.hpp"
#include "policy/retry_budget.hpp"

namespace enlace {

/// What is known of one service while the process runs: its breakers, its retry budget, its calls in flight.
/// Thread-safe; shared by all loops.
class service {
 public:
  service(std::string name, const profile& rules, std::uint64_t seed);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// The breaker for an operation: the service's only one, unless its rules say one for each operation.
  [[nodiscard]] breaker& breaker_for(const profile& rules);
  [[nodiscard]] retry_budget& budget() noexcept { return budget_; }
  [[nodiscard]] limiter& in_flight() noexcept { return in_flight_; }

  /// New rules from now on; all state stays.
  void reconfigure(const profile& rules);
  void override_breakers(breaker_override how);
  /// How they were led last.
  [[nodiscard]] breaker_override led();
  void report(std::vector<breaker_report>& to, time_point now);
  /// Nothing worth keeping: nobody in flight, every breaker closed and as it was made.
  [[nodiscard]] bool idle(time_point now);

 private:
  std::string name_;
  std::uint64_t seed_;
  retry_budget budget_;
  limiter in_flight_;
  std::mutex mutex_;
  breaker_options breaker_options_;
  breaker_override override_ = breaker_override::automatic;
  /// By operation; "" is the service's own.
  std::map<std::string, std::unique_ptr<breaker>, std::less<>> breakers_;
};

}  // namespace enlace
