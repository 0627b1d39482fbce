#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace enlace::test {

/// Counts durations in buckets that are at most 1/32 wide of what they hold, so that percentiles of any number of calls
/// take the same memory. From 1 us to about an hour. Not thread-safe.
class latency_histogram {
 public:
  void add(std::chrono::nanoseconds took) noexcept {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    ++counts_[bucket_of(us < 0 ? 0 : static_cast<std::uint64_t>(us))];
    ++total_;
    longest_ = std::max(longest_, took);
  }

  /// In milliseconds; 0 when nothing was added. `share`: 0.99 for the 99th percentile.
  [[nodiscard]] double percentile(double share) const noexcept {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (counts_[i] != 0 && seen >= wanted) return static_cast<double>(middle_of(i)) / 1000.0;
    }
    return 0;
  }
  [[nodiscard]] double longest() const noexcept { return std::chrono::duration<double, std::milli>(longest_).count(); }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  void clear() noexcept { *this = latency_histogram(); }

 private:
  static constexpr unsigned fine_bits = 5;
  static constexpr std::uint64_t fine = 1U << fine_bits;
  static constexpr std::size_t octaves = 28;

  static std::size_t bucket_of(std::uint64_t us) noexcept {
    if (us < fine) return static_cast<std::size_t>(us);
    const auto shift = static_cast<unsigned>(std::bit_width(us)) - fine_bits - 1;
    const std::size_t bucket = (shift + 1) * fine + static_cast<std::size_t>((us >> shift) - fine);
    return std::min(bucket, octaves * fine - 1);
  }
  static std::uint64_t middle_of(std::size_t bucket) noexcept {
    if (bucket < fine) return bucket;
    const std::size_t shift = bucket / fine - 1;
    return ((fine + bucket % fine) << shift) + ((std::uint64_t{1} << shift) >> 1U);
  }

  std::array<std::uint64_t, octaves * fine> counts_{};
  std::uint64_t total_ = 0;
  std::chrono::nanoseconds longest_{};
};

}  // namespace enlace::test
