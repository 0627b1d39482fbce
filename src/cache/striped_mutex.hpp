#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

namespace enlace {

/// Enough for two neighbouring cache lines, which processors fetch together.
inline constexpr std::size_t no_sharing = 128;
inline constexpr std::size_t stripe_count = 8;

/// The stripe of the calling thread: dealt out in turn, so that few threads share one.
[[nodiscard]] inline std::size_t thread_stripe() noexcept {
  static std::atomic<std::size_t> dealt{0};
  thread_local const std::size_t mine = dealt.fetch_add(1, std::memory_order_relaxed) % stripe_count;
  return mine;
}

/// A lock for data that are read far more often than written: a reader locks its thread's own stripe, so readers
/// write to no common memory (a reader count of `std::shared_mutex` made hits of one key six times slower on two
/// threads); a writer locks all stripes. Meets the requirements of SharedMutex as far as `std::shared_lock` and
/// `std::lock_guard` use them.
class striped_mutex {
 public:
  void lock_shared() { stripes_[thread_stripe()].mutex.lock(); }
  void unlock_shared() { stripes_[thread_stripe()].mutex.unlock(); }
  void lock() {
    for (stripe& each : stripes_) each.mutex.lock();
  }
  void unlock() {
    for (stripe& each : stripes_) each.mutex.unlock();
  }

 private:
  struct alignas(no_sharing) stripe {
    std::mutex mutex;
  };
  std::array<stripe, stripe_count> stripes_;
};

}  // namespace enlace
