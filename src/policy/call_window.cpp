#include "policy/call_window.hpp"

#include <algorithm>

namespace enlace {

call_window::call_window(duration span) noexcept : width_(span / bucket_count) {}

window_counts call_window::counts(time_point now) noexcept {
  if (now.time_since_epoch().count() >= bucket_end_.load(std::memory_order_acquire)) advance(now);
  return sum();
}

window_counts call_window::totals() const noexcept {
  const std::lock_guard lock(mutex_);
  const window_counts window = sum();
  return {retired_.calls + window.calls, retired_.failures + window.failures, retired_.slow + window.slow};
}

void call_window::clear() noexcept {
  const std::lock_guard lock(mutex_);
  troubled_.store(false);
  for (bucket& b : buckets_) retire(b);
}

void call_window::resize(duration span) noexcept {
  const std::lock_guard lock(mutex_);
  width_ = span / bucket_count;
  if (bucket_start_) bucket_end_.store((*bucket_start_ + width_).time_since_epoch().count(), std::memory_order_release);
}

void call_window::advance(time_point now) noexcept {
  const std::lock_guard lock(mutex_);
  if (now.time_since_epoch().count() < bucket_end_.load(std::memory_order_relaxed)) return;
  if (!bucket_start_) {
    bucket_start_ = now;
  } else {
    const auto steps = (now - *bucket_start_) / width_;
    std::size_t current = current_.load(std::memory_order_relaxed);
    for (auto i = std::min<decltype(steps)>(steps, bucket_count); i > 0; --i) {
      current = (current + 1) % bucket_count;
      retire(buckets_[current]);
    }
    current_.store(static_cast<std::uint32_t>(current), std::memory_order_relaxed);
    *bucket_start_ += steps * width_;
  }
  bucket_end_.store((*bucket_start_ + width_).time_since_epoch().count(), std::memory_order_release);
  // Cleared before the look: trouble that is added after it sets the mark again.
  troubled_.store(false);
  const window_counts window = sum();
  if (window.failures != 0 || window.slow != 0) troubled_.store(true);
}

void call_window::retire(bucket& b) noexcept {
  retired_.calls += b.calls.exchange(0);
  retired_.failures += b.failures.exchange(0);
  retired_.slow += b.slow.exchange(0);
}

window_counts call_window::sum() const noexcept {
  window_counts total;
  for (const bucket& b : buckets_) {
    total.calls += b.calls.load();
    total.failures += b.failures.load();
    total.slow += b.slow.load();
  }
  return total;
}

}  // namespace enlace
