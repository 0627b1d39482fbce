#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <enlace/call_event.hpp>

#include "telemetry/histogram.hpp"
#include "telemetry/metric.hpp"

namespace enlace {

/// What one service's calls were like, since the process began. Recording takes no lock once a combination of method
/// and outcome has been seen. Thread-safe.
class service_metrics {
 public:
  /// How a call ended, as its counters tell it apart.
  enum class outcome : std::uint8_t { success, failure, rejected, timeout, cancelled, client_error };

  explicit service_metrics(std::string name) : name_(std::move(name)) {}
  service_metrics(const service_metrics&) = delete;
  service_metrics& operator=(const service_metrics&) = delete;
  ~service_metrics();

  /// The outcome that one caller saw last, which is mostly that of the next attempt too. Of one address; not
  /// thread-safe.
  class latest;

  void attempt(const attempt_event& over, latest& of_address);
  void call(const call_event& over);
  void append_to(std::vector<metric>& all) const;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Of all attempts, whatever became of them.
  [[nodiscard]] histogram_data attempts() const;
  [[nodiscard]] std::uint64_t calls(outcome how) const noexcept;
  [[nodiscard]] std::uint64_t answers(cache_use from) const noexcept;
  [[nodiscard]] std::uint64_t retries() const noexcept { return retries_.load(std::memory_order_relaxed); }

 private:
  /// The attempts of one method that came to one end.
  struct series {
    std::string method;
    std::string address;
    std::uint16_t port = 0;
    int status = 0;
    wire_failure failure = wire_failure::none;
    histogram durations;
  };
  /// So many combinations are told apart; what comes beyond them is counted together.
  static constexpr std::size_t series_most = 64;

  [[nodiscard]] static bool same_outcome(const series& one, const attempt_event& over) noexcept;
  [[nodiscard]] series& series_of(const attempt_event& over);

  std::string name_;
  std::array<std::atomic<series*>, series_most> series_{};
  std::mutex mutex_;
  std::array<std::atomic<std::uint64_t>, 6> calls_{};
  std::array<std::atomic<std::uint64_t>, 4> answered_{};  // by `cache_use`
  std::atomic<std::uint64_t> retries_{0};
  std::atomic<std::uint64_t> fresh_connections_{0};
  histogram call_durations_;
  histogram stream_durations_;
  histogram first_events_;
};

inline constexpr std::size_t outcome_count = 6;
[[nodiscard]] service_metrics::outcome outcome_of(const call_event& over) noexcept;
[[nodiscard]] std::string_view name_of(service_metrics::outcome outcome) noexcept;

class service_metrics::latest {
  friend class service_metrics;
  series* seen_ = nullptr;
};

/// The metrics of all services, as many as the limit allows: those beyond it share a series named "other". Thread-safe.
class metrics {
 public:
  static constexpr std::size_t services_most = 512;

  /// Made when it is not known yet. To be kept: looking it up takes a lock.
  [[nodiscard]] std::shared_ptr<service_metrics> of(std::string_view service);
  [[nodiscard]] std::vector<std::shared_ptr<service_metrics>> all() const;
  [[nodiscard]] std::vector<metric> snapshot() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<service_metrics>> services_;
};

}  // namespace enlace
