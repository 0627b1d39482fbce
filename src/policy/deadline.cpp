#include "policy/deadline.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "policy/field_text.hpp"

namespace enlace {
namespace {

constexpr duration too_long = std::chrono::hours(10 * 365 * 24);

/// `text`, all digits, times `unit`.
std::optional<duration> times(std::string_view text, duration unit) noexcept {
  if (text.empty()) return std::nullopt;
  const std::int64_t limit = too_long / unit;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = std::min(value * 10 + (c - '0'), limit);
  }
  if (value == limit) return std::nullopt;
  return value * unit;
}

/// At most 8 digits and a unit.
std::optional<duration> parse_grpc_timeout(std::string_view text) noexcept {
  constexpr std::size_t max_digits = 8;
  if (text.empty() || text.size() > max_digits + 1) return std::nullopt;
  const std::string_view digits = text.substr(0, text.size() - 1);
  switch (text.back()) {
    case 'H':
      return times(digits, std::chrono::hours(1));
    case 'M':
      return times(digits, std::chrono::minutes(1));
    case 'S':
      return times(digits, std::chrono::seconds(1));
    case 'm':
      return times(digits, std::chrono::milliseconds(1));
    case 'u':
      return times(digits, std::chrono::microseconds(1));
    case 'n':
      return times(digits, std::chrono::nanoseconds(1));
    default:
      return std::nullopt;
  }
}

std::optional<duration> timeout_in(const headers::field& field) noexcept {
  if (equals_ignoring_case(field.name, timeout_header))
    return times(trimmed(field.value), std::chrono::milliseconds(1));
  if (equals_ignoring_case(field.name, "grpc-timeout")) return parse_grpc_timeout(trimmed(field.value));
  if (!equals_ignoring_case(field.name, "x-envoy-expected-rq-timeout-ms")) return std::nullopt;
  const std::optional<duration> timeout = times(trimmed(field.value), std::chrono::milliseconds(1));
  return timeout == duration::zero() ? std::nullopt : timeout;
}

}  // namespace

duration saturated(seconds_d seconds) noexcept {
  const double ticks = seconds.count() * static_cast<double>(duration::period::den) / duration::period::num;
  if (!(ticks == ticks)) return duration::zero();
  if (ticks >= static_cast<double>(duration::max().count())) return duration::max();
  if (ticks <= static_cast<double>(duration::min().count())) return duration::min();
  return duration(static_cast<duration::rep>(ticks));
}

time_point saturated_add(time_point from, duration wait) noexcept {
  return from > time_point::max() - wait ? time_point::max() : from + wait;
}

deadline::deadline(time_point now, duration timeout, std::optional<time_point> inbound) noexcept
    : when_(std::min(saturated_add(now, timeout), inbound.value_or(time_point::max()))) {}

duration deadline::remaining(time_point now) const noexcept {
  if (expired(now)) return duration::zero();
  if (now < time_point() && when_ > time_point::max() + now.time_since_epoch()) return duration::max();
  return when_ - now;
}

time_point deadline::attempt_deadline(time_point now, duration attempt_timeout) const noexcept {
  return attempt_timeout == duration::zero() ? when_ : std::min(when_, saturated_add(now, attempt_timeout));
}

bool deadline::fits(time_point now, duration wait) const noexcept { return saturated_add(now, wait) < when_; }

std::int64_t deadline::milliseconds_left(time_point now) const noexcept {
  if (expired(now)) return 0;
  return std::max<std::int64_t>(1, std::chrono::floor<std::chrono::milliseconds>(remaining(now)).count());
}

std::optional<duration> parse_timeout(const headers& fields) noexcept {
  std::optional<duration> least;
  for (const headers::field& field : fields) {
    const std::optional<duration> timeout = timeout_in(field);
    if (timeout && (!least || *timeout < *least)) least = timeout;
  }
  return least;
}

}  // namespace enlace
