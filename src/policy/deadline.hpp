// Module: policy
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <enlace/clock.hpp>
#include <enlace/headers.hpp>

namespace enlace {

/// `seconds` as a duration; what does not fit becomes the largest or smallest one, NaN becomes zero.
[[nodiscard]] duration saturated(seconds_d seconds) noexcept;

/// `from + wait`, at most `time_point::max()`. `wait` is not negative.
[[nodiscard]] time_point saturated_add(time_point from, duration wait) noexcept;

/// The moment by which a whole call must be over: connect, attempts, waits and body.
class deadline {
 public:
  /// Never.
  deadline() noexcept = default;
  explicit deadline(time_point when) noexcept : when_(when) {}
  /// `timeout` after `now`, or `inbound` if that is earlier.
  deadline(time_point now, duration timeout, std::optional<time_point> inbound = std::nullopt) noexcept;

  [[nodiscard]] time_point when() const noexcept { return when_; }
  /// Never negative.
  [[nodiscard]] duration remaining(time_point now) const noexcept;
  [[nodiscard]] bool expired(time_point now) const noexcept { return now >= when_; }
  /// When an attempt that starts `now` must be over; an `attempt_timeout` of zero means all the time that is left.
  [[nodiscard]] time_point attempt_deadline(time_point now, duration attempt_timeout) const noexcept;
  /// Whether any time is left after a wait.
  [[nodiscard]] bool fits(time_point now, duration wait) const noexcept;
  /// What `X-Enlace-Timeout-Ms` says: whole milliseconds left, rounded down, but at least 1 before the deadline.
  [[nodiscard]] std::int64_t milliseconds_left(time_point now) const noexcept;

 private:
  time_point when_ = time_point::max();
};

/// The name of our own deadline header; its value is in milliseconds.
inline constexpr std::string_view timeout_header = "X-Enlace-Timeout-Ms";

/// How much time the sender of a request grants it: the least of `X-Enlace-Timeout-Ms`, `grpc-timeout` and
/// `x-envoy-expected-rq-timeout-ms` (where 0 means none, as Envoy has it). Malformed values and those of 10 years and
/// more are ignored.
[[nodiscard]] std::optional<duration> parse_timeout(const headers& fields) noexcept;

}  // namespace enlace
