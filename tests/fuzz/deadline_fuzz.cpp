// Fields that say how long a caller waits are read as their grammars have it, and reckoning with any moments and spans
// neither overflows nor lets an attempt outlive its call. Input: eight bytes each of the time now, a timeout and an
// attempt's timeout, then fields, "Name: value" a line.
#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <enlace/headers.hpp>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "policy/deadline.hpp"
#include "policy/field_text.hpp"

namespace {

using namespace enlace;
using test::require;

/// How many nanoseconds one field grants, in floating point; below zero: it says nothing.
long double granted_by(std::string_view name, std::string_view value) {
  long double unit = 1e6L;
  const bool grpc = equals_ignoring_case(name, "grpc-timeout");
  const bool envoy = equals_ignoring_case(name, "x-envoy-expected-rq-timeout-ms");
  if (!grpc && !envoy && !equals_ignoring_case(name, "X-Enlace-Timeout-Ms")) return -1;
  if (grpc) {
    constexpr std::string_view units = "HMSmun";
    constexpr long double sizes[] = {3600e9L, 60e9L, 1e9L, 1e6L, 1e3L, 1};
    if (value.size() < 2 || value.size() > 9) return -1;
    const std::size_t at = units.find(value.back());
    if (at == std::string_view::npos) return -1;
    unit = sizes[at];
    value.remove_suffix(1);
  }
  if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos) return -1;
  long double number = 0;
  for (const char c : value) number = number * 10 + (c - '0');
  const long double ten_years = 10.0L * 365 * 24 * 3600e9L;
  if (number * unit >= ten_years || (envoy && number == 0)) return -1;
  return number * unit;
}

void check_reckoning(time_point now, duration timeout, duration attempt, std::optional<duration> inbound) {
  const std::optional<time_point> until =
      inbound ? std::optional(saturated_add(now, *inbound)) : std::optional<time_point>();
  const deadline end(now, timeout, until);
  require(!until || end.when() <= *until, "later than the caller waits");
  require(end.when() <= saturated_add(now, timeout) && end.when() >= now, "another moment");
  require(end.remaining(now) >= duration::zero() && end.remaining(end.when()) == duration::zero(), "a wrong rest");
  require(end.expired(now) == (end.when() == now), "over before its time");
  const time_point of_attempt = end.attempt_deadline(now, attempt);
  require(of_attempt <= end.when() && of_attempt >= now, "an attempt that outlives its call");
  require(!end.fits(now, timeout) || timeout < end.remaining(now), "a wait that does not fit");
  const std::int64_t left = end.milliseconds_left(now);
  require(left >= 0 && (left > 0) == !end.expired(now), "no time, or too much");
  require(left <= 1 || std::chrono::milliseconds(left) <= end.remaining(now), "more than is left");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::fuzz_input input(data, size);
  const time_point now{duration(static_cast<std::int64_t>(input.number(8)))};
  const duration timeout(static_cast<std::int64_t>(input.number(8) >> 1U));
  const duration attempt(static_cast<std::int64_t>(input.number(8) >> 1U));
  headers fields;
  long double least = -1;
  while (!input.empty()) {
    std::string_view line = input.until('\n');
    const std::string_view name = line.substr(0, line.find(':'));
    line.remove_prefix(std::min(name.size() + 1, line.size()));
    fields.add(name, line);
    const long double granted = granted_by(name, trimmed(line));
    if (granted >= 0 && (least < 0 || granted < least)) least = granted;
  }
  const std::optional<duration> read = parse_timeout(fields);
  require(read.has_value() == (least >= 0), "said, or not said");
  if (read) require(std::abs(static_cast<long double>(read->count()) - least) < 1, "another span");
  check_reckoning(now, timeout, attempt, read);
  // Any eight bytes as a floating-point number too: infinities, NaN, and what no duration holds.
  const auto any = std::bit_cast<double>(now.time_since_epoch().count());
  const duration held = saturated(seconds_d(any));
  require(std::isnan(any) ? held == duration::zero() : (any < 0 ? held.count() <= 0 : held.count() >= 0),
          "another sign");
  return 0;
}
