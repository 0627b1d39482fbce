// Module: policy
#pragma once

#include <chrono>

#include <enlace/clock.hpp>

namespace enlace {

/// When and how often a call is tried again. Aggregates like this serve as construction-time options only.
struct retry_options {
  /// All attempts, the first included; at least 1. 1: never retry.
  int max_attempts = 3;
  /// The wait before attempt n is uniform in 0 to min(cap, base x 2^(n-2)). Zero: no wait.
  duration base = std::chrono::milliseconds(100);
  duration cap = std::chrono::seconds(10);
  /// Retries that each first attempt earns, for the service and for each of its tenants.
  double budget_ratio = 0.2;
  /// Retries kept at most, and at start. Zero: no retries.
  double budget_burst = 10;
  /// Retries earned each second by the service as a whole.
  double budget_per_second = 1;
};

/// When a breaker opens and how it finds its way back.
struct breaker_options {
  /// Opens on this many failures in a row. Zero: off.
  int consecutive_failures = 5;
  /// Opens on this share of failures (0 to 1) within the window, once it holds `min_calls`.
  double failure_rate = 0.5;
  int min_calls = 20;
  duration window = std::chrono::seconds(60);
  /// How long it stays open; doubled on each failed probe up to `max_cool_down`; 10 % jitter.
  duration cool_down = std::chrono::seconds(30);
  duration max_cool_down = std::chrono::seconds(300);
  /// Probes admitted at once when half open, and the successes that close it.
  int probes = 3;
  /// An attempt that takes longer counts as slow. Zero: off.
  duration slow_after{};
  /// Opens on this share of slow attempts (0 to 1) within the window.
  double slow_rate = 0.8;
};

}  // namespace enlace
