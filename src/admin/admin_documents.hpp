#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/admin.hpp>
#include <enlace/json.hpp>

#include "client/core.hpp"
#include "telemetry/metric.hpp"
#include "telemetry/recent_calls.hpp"

namespace enlace {

/// The latencies of the last minute or so: what was recorded since a snapshot that old. Not thread-safe.
class latency_window {
 public:
  /// Of the service, at this moment.
  [[nodiscard]] histogram_data of(const service_metrics& numbers, time_point now);

 private:
  struct snapshot {
    time_point at;
    histogram_data seen;
  };
  std::map<std::string, std::deque<snapshot>, std::less<>> services_;
};

/// When the endpoint began, by both clocks. The wall's is told as it was then, so it names this run of the process.
struct beginning {
  time_point at{};
  wall_time wall{};
};

/// How `/breakers` and `/data` name it.
[[nodiscard]] std::string_view name_of(breaker_override how) noexcept;
[[nodiscard]] std::optional<breaker_override> override_named(std::string_view name) noexcept;

/// What the page shows of a core at one moment.
[[nodiscard]] json::object overview(client_core& core, const recent_calls& recent, latency_window& latencies,
                                    const admin_options& how, const beginning& began, time_point now, wall_time wall);
/// The latencies of each service, by its name.
[[nodiscard]] json::object latency_document(client_core& core, latency_window& latencies, time_point now);
[[nodiscard]] json::array breakers_document(client_core& core, time_point now);
[[nodiscard]] json::array config_document(const client_core& core);

}  // namespace enlace
