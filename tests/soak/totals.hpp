#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include <enlace/error.hpp>

#include "soak/latency_histogram.hpp"

namespace enlace::test {

/// What became of all calls of a soak. Thread-safe.
struct soak_totals {
  std::atomic<std::uint64_t> begun{0};
  std::atomic<std::uint64_t> ended{0};
  std::atomic<std::uint64_t> succeeded{0};
  /// Of those, answered by the cache.
  std::atomic<std::uint64_t> cached{0};
  /// Cancelled, and ended for that.
  std::atomic<std::uint64_t> cancelled{0};
  /// What may not be.
  std::atomic<std::uint64_t> doubles{0};
  std::atomic<std::uint64_t> wrong_tenant{0};
  std::atomic<std::uint64_t> wrong_subject{0};
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(error_code::cancelled) + 1> failures{};

  void took(std::chrono::nanoseconds time) {
    const std::lock_guard lock(mutex_);
    times_.add(time);
  }
  /// Those since it was last asked.
  [[nodiscard]] latency_histogram take_times() {
    const std::lock_guard lock(mutex_);
    return std::exchange(times_, latency_histogram());
  }

 private:
  std::mutex mutex_;
  latency_histogram times_;
};

}  // namespace enlace::test
