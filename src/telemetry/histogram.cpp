#include "telemetry/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace enlace {

namespace {

/// Where the sixteen parts of an octave end, as significands: 2^(i/16).
const std::array<double, 16>& part_ends() noexcept {
  static const std::array<double, 16> ends = [] {
    std::array<double, 16> made{};
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = std::exp2((static_cast<double>(i) + 1) / 16);
    return made;
  }();
  return ends;
}

double bound_of(int index) noexcept { return std::exp2(static_cast<double>(index) / (1 << histogram_data::scale)); }

}  // namespace

std::size_t histogram::bucket_of(double seconds) noexcept {
  // Of the number itself: its exponent is the octave, its significand tells the part.
  const auto bits = std::bit_cast<std::uint64_t>(seconds);
  const int exponent = static_cast<int>((bits >> 52) & 0x7FF) - 1023;
  const double significand = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL);
  const int octave = exponent - first_exponent;
  if (octave < 0) return 0;
  if (octave >= octaves) return bucket_count - 1;
  const auto& ends = part_ends();
  const auto part = static_cast<std::size_t>(std::lower_bound(ends.begin(), ends.end(), significand) - ends.begin());
  return static_cast<std::size_t>(octave) * parts + std::min<std::size_t>(part, parts - 1);
}

void histogram::record(duration value) noexcept {
  if (value <= duration::zero()) {
    zeros_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  buckets_[bucket_of(seconds_d(value).count())].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(std::chrono::duration_cast<std::chrono::nanoseconds>(value).count(), std::memory_order_relaxed);
}

void histogram::remember(duration value, const span_place& place, wall_time at) {
  const double seconds = seconds_d(value).count();
  const std::size_t slot = seconds > 0 ? bucket_of(seconds) / (2 * static_cast<std::size_t>(parts)) : 0;
  const std::lock_guard lock(mutex_);
  exemplars_[slot] = exemplar{seconds, place, at};
}

histogram_data histogram::snapshot() const {
  histogram_data made;
  std::size_t first = bucket_count;
  std::size_t last = 0;
  std::array<std::uint64_t, bucket_count> seen{};
  for (std::size_t i = 0; i < bucket_count; ++i) {
    seen[i] = buckets_[i].load(std::memory_order_relaxed);
    if (seen[i] == 0) continue;
    first = std::min(first, i);
    last = i;
  }
  if (first < bucket_count) {
    made.offset = first_exponent * parts + static_cast<int>(first);
    made.counts.assign(seen.begin() + static_cast<std::ptrdiff_t>(first),
                       seen.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  }
  made.zeros = zeros_.load(std::memory_order_relaxed);
  made.count = made.zeros;
  for (const std::uint64_t each : made.counts) made.count += each;
  made.sum_seconds = static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) * 1e-9;
  const std::lock_guard lock(mutex_);
  for (const std::optional<exemplar>& each : exemplars_) {
    if (each) made.exemplars.push_back(*each);
  }
  return made;
}

double histogram_data::quantile(double share) const noexcept {
  if (count == 0) return 0;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count)));
  std::uint64_t below = zeros;
  if (below >= wanted) return 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    below += counts[i];
    // The middle of the bucket, on the scale of the buckets.
    if (below >= wanted) return bound_of(offset + static_cast<int>(i)) * std::exp2(0.5 / (1 << scale));
  }
  return bound_of(offset + static_cast<int>(counts.size()));
}

std::uint64_t histogram_data::at_most(double seconds) const noexcept {
  std::uint64_t all = zeros;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (bound_of(offset + static_cast<int>(i)) * std::exp2(0.5 / (1 << scale)) > seconds) break;
    all += counts[i];
  }
  return all;
}

histogram_data histogram_data::since(const histogram_data& earlier) const {
  histogram_data made = *this;
  made.exemplars.clear();
  for (std::size_t i = 0; i < earlier.counts.size(); ++i) {
    // Buckets only fill, so those of the earlier one are all here.
    made.counts[static_cast<std::size_t>(earlier.offset - offset) + i] -= earlier.counts[i];
  }
  made.zeros -= earlier.zeros;
  made.count -= earlier.count;
  made.sum_seconds -= earlier.sum_seconds;
  return made;
}

void histogram_data::add(const histogram_data& other) {
  zeros += other.zeros;
  count += other.count;
  sum_seconds += other.sum_seconds;
  exemplars.insert(exemplars.end(), other.exemplars.begin(), other.exemplars.end());
  if (other.counts.empty()) return;
  if (counts.empty()) {
    offset = other.offset;
    counts = other.counts;
    return;
  }
  const int first = std::min(offset, other.offset);
  const int end =
      std::max(offset + static_cast<int>(counts.size()), other.offset + static_cast<int>(other.counts.size()));
  std::vector<std::uint64_t> sum(static_cast<std::size_t>(end - first));
  for (std::size_t i = 0; i < counts.size(); ++i) sum[static_cast<std::size_t>(offset - first) + i] += counts[i];
  for (std::size_t i = 0; i < other.counts.size(); ++i) {
    sum[static_cast<std::size_t>(other.offset - first) + i] += other.counts[i];
  }
  offset = first;
  counts = std::move(sum);
}

}  // namespace enlace
