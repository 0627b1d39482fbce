// Module: policy
#pragma once

#include <optional>
#include <string_view>

#include <enlace/clock.hpp>
#include <enlace/headers.hpp>

namespace enlace {

/// No answer makes anyone wait longer than this; larger values are cut to it.
inline constexpr seconds_d max_retry_after{365.0 * 24 * 3600};

/// How long a refused caller is asked to wait: `Retry-After` in seconds or as a date (a past one is 0), and on 429
/// without a usable one the `RateLimit` field. Nothing for statuses below 300, for malformed values and for
/// `Retry-After` fields that contradict each other. Source: RFC 9110, 10.2.3.
[[nodiscard]] std::optional<seconds_d> retry_after(const headers& fields, int status, wall_time now);

/// The longest `t` among the quotas of a `RateLimit` field that have nothing left: `"name";r=0;t=SECONDS`.
/// Nothing when there is no such quota or the field is no list of items.
/// Source: draft-ietf-httpapi-ratelimit-headers-10, RFC 9651.
[[nodiscard]] std::optional<seconds_d> rate_limit_wait(std::string_view field) noexcept;

}  // namespace enlace
