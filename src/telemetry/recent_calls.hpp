#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include <enlace/call_event.hpp>
#include <enlace/json.hpp>

namespace enlace {

/// A call that is worth a look afterwards.
struct kept_call {
  std::uint64_t id = 0;
  wall_time at{};
  std::string service, operation, method;
  /// Redacted.
  std::string url;
  int status = 0;
  int attempts = 0;
  duration elapsed{};
  /// Of the error; empty on success.
  std::string code, message;
  std::string tenant, trace_id;
  cache_use cached = cache_use::none;
  breaker_state breaker = breaker_state::closed;
  bool stream = false;
  std::vector<trail_entry> trail;

  [[nodiscard]] json::object to_json() const;
};

/// Keeps the last calls that failed and the last that were slow, with what was decided on their way. Those that were
/// rejected without an attempt have a few places of their own: else an open breaker would soon have pushed out the
/// failures that opened it. Thread-safe.
class recent_calls final : public event_listener {
 public:
  /// So many of each kind. A call is slow that took longer than `slow_after`; a stream, when its first event did.
  explicit recent_calls(duration slow_after, std::size_t most = 100) : slow_after_(slow_after), most_(most) {}

  void on_call(const call_event& over) noexcept override;
  /// The latest first.
  [[nodiscard]] json::array failed() const;
  [[nodiscard]] json::array slow() const;

 private:
  static constexpr std::size_t rejected_most = 5;

  duration slow_after_;
  std::size_t most_;
  mutable std::mutex mutex_;
  std::uint64_t seen_ = 0;
  std::deque<kept_call> failed_;
  std::deque<kept_call> rejected_;
  std::deque<kept_call> slow_;
};

}  // namespace enlace
