// Module: policy
#pragma once

#include <optional>

#include <enlace/clock.hpp>
#include <enlace/policy_options.hpp>
#include <enlace/random.hpp>

namespace enlace {

/// How long to wait after attempt number `failed_attempt` (from 1): full jitter, uniform in
/// 0 to min(cap, base x 2^(failed_attempt - 1)). A `retry_after` over 0 takes its place: that long, plus up to 10 %.
/// Source: Brooker, "Exponential Backoff and Jitter" (AWS, 2015).
[[nodiscard]] duration backoff(const retry_options& options, int failed_attempt, std::optional<seconds_d> retry_after,
                               random_source& random) noexcept;

}  // namespace enlace
