// Module: policy
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

#include <enlace/clock.hpp>

namespace enlace {

struct window_counts {
  std::uint64_t calls = 0;
  std::uint64_t failures = 0;
  std::uint64_t slow = 0;
};

/// Counts of the attempts of the last while: a sliding window in 10 buckets. Thread-safe; adding takes no lock but
/// when a bucket ends. Attempts that are added at that very moment may be counted a bucket early or late.
class call_window {
 public:
  explicit call_window(duration span) noexcept;

  /// Adds `calls` (0 or 1) attempts and their faults. A call with faults marks the window as troubled.
  void add(time_point now, std::uint32_t calls, bool failed, bool slow) noexcept {
    if (now.time_since_epoch().count() >= bucket_end_.load(std::memory_order_acquire)) advance(now);
    bucket& b = buckets_[current_.load(std::memory_order_relaxed)];
    if (calls != 0) b.calls.fetch_add(calls);
    if (!failed && !slow) return;
    if (failed) b.failures.fetch_add(1);
    if (slow) b.slow.fetch_add(1);
    troubled_.store(true);
  }
  /// Whether there may be a failure or a slow attempt in the window: without one there is nothing to judge.
  [[nodiscard]] bool troubled() const noexcept { return troubled_.load(); }

  /// What the window holds.
  [[nodiscard]] window_counts counts(time_point now) noexcept;
  /// Everything that was ever added.
  [[nodiscard]] window_counts totals() const noexcept;
  /// Empties the window; the totals stay.
  void clear() noexcept;
  /// Another span from now on; what is in the window stays.
  void resize(duration span) noexcept;

 private:
  static constexpr std::size_t bucket_count = 10;
  struct bucket {
    std::atomic<std::uint32_t> calls{0};
    std::atomic<std::uint32_t> failures{0};
    std::atomic<std::uint32_t> slow{0};
  };

  void advance(time_point now) noexcept;
  /// Moves what a bucket holds to the totals. Under the lock.
  void retire(bucket& b) noexcept;
  [[nodiscard]] window_counts sum() const noexcept;

  // Read by every attempt, written rarely: apart from the counters.
  alignas(64) std::atomic<duration::rep> bucket_end_{time_point::min().time_since_epoch().count()};
  std::atomic<std::uint32_t> current_{0};
  std::atomic<bool> troubled_{false};
  alignas(64) std::array<bucket, bucket_count> buckets_;
  alignas(64) mutable std::mutex mutex_;
  duration width_;
  /// Nothing before the first attempt.
  std::optional<time_point> bucket_start_;
  window_counts retired_;
};

}  // namespace enlace
