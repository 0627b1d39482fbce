#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include <enlace/call_event.hpp>
#include <enlace/clock.hpp>

namespace enlace {

/// One measured value, and the trace in which it was measured.
struct exemplar {
  double seconds = 0;
  span_place place;
  wall_time at{};
};

/// A histogram at one moment.
struct histogram_data {
  /// Base 2^(1/16): bucket `offset + i` holds values over base^(offset + i), up to base times that (OpenTelemetry's
  /// exponential histogram of scale 4).
  static constexpr int scale = 4;
  int offset = 0;
  std::vector<std::uint64_t> counts;
  std::uint64_t zeros = 0;
  std::uint64_t count = 0;
  double sum_seconds = 0;
  std::vector<exemplar> exemplars;

  /// The value below which that share of all lies, in seconds, to within 4.5 %. Zero when there are none.
  [[nodiscard]] double quantile(double share) const noexcept;
  /// How many are at most so long; a bucket that a bound cuts counts where its middle lies.
  [[nodiscard]] std::uint64_t at_most(double seconds) const noexcept;
  void add(const histogram_data& other);
  /// What has been recorded since an earlier snapshot of the same histogram; without exemplars.
  [[nodiscard]] histogram_data since(const histogram_data& earlier) const;
};

/// Durations, counted in exponential buckets from 1 us to 68 minutes; shorter and longer ones go into the outermost.
/// Recording takes no lock, but for an exemplar. Thread-safe.
class histogram {
 public:
  histogram() = default;
  histogram(const histogram&) = delete;
  histogram& operator=(const histogram&) = delete;

  void record(duration value) noexcept;
  /// Remembers the trace of a value, one for each power of four.
  void remember(duration value, const span_place& place, wall_time at);
  [[nodiscard]] histogram_data snapshot() const;

 private:
  static constexpr int octaves = 32;
  static constexpr int parts = 1 << histogram_data::scale;
  static constexpr int first_exponent = -20;  // 2^-20 s is just under 1 us
  static constexpr std::size_t bucket_count = octaves * parts;
  [[nodiscard]] static std::size_t bucket_of(double seconds) noexcept;

  std::array<std::atomic<std::uint64_t>, bucket_count> buckets_{};
  std::atomic<std::uint64_t> zeros_{0};
  std::atomic<std::int64_t> sum_ns_{0};
  mutable std::mutex mutex_;
  std::array<std::optional<exemplar>, octaves / 2> exemplars_;
};

}  // namespace enlace
