// Module: base
#pragma once

#include <cstdint>

namespace enlace {

/// A small, fast, seeded source of random numbers (xoshiro256**). Not for secrets. Not thread-safe.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) noexcept;

  /// 64 uniform bits.
  std::uint64_t next() noexcept;
  /// Uniform in [0, 1).
  double uniform() noexcept;
  /// Uniform in [0, bound); 0 when `bound` is 0.
  std::uint64_t below(std::uint64_t bound) noexcept;

 private:
  std::uint64_t state_[4];
};

}  // namespace enlace
