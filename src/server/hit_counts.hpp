#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace enlace {

/// How often each key was hit. Thread-safe. Bounded: once it is full of other keys, a new one makes it forget them.
class hit_counts {
 public:
  static constexpr std::size_t keys_most = 100'000;

  /// Counts a hit and says how many the key has now.
  std::uint64_t add(std::string_view key) {
    const std::lock_guard hold(mutex_);
    if (counts_.size() >= keys_most && !counts_.contains(std::string(key))) counts_.clear();
    return ++counts_[std::string(key)];
  }

  [[nodiscard]] std::uint64_t of(std::string_view key) const {
    const std::lock_guard hold(mutex_);
    const auto found = counts_.find(std::string(key));
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::uint64_t> counts_;
};

}  // namespace enlace
