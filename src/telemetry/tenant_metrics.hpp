#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "telemetry/histogram.hpp"
#include "telemetry/metric.hpp"
#include "telemetry/metrics.hpp"

namespace enlace {

/// What the calls of each tenant were like, for the first tenants that come; the others share a series named "other".
/// Thread-safe.
class tenant_metrics {
 public:
  /// `most`: tenants that may have a name here. Those that have one keep it.
  void call(const call_event& over, std::size_t most);
  void append_to(std::vector<metric>& all) const;

 private:
  struct counts {
    std::array<std::atomic<std::uint64_t>, outcome_count> calls{};
    histogram durations;
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
  };

  [[nodiscard]] counts& of(std::string_view tenant, std::size_t most);

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<counts>, text_hash, std::equal_to<>> tenants_;
};

}  // namespace enlace
