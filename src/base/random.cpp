#include <bit>

#include <enlace/random.hpp>

namespace enlace {
namespace {

__extension__ using uint128 = unsigned __int128;

/// SplitMix64 (Steele, Lea and Flood 2014), which the authors of xoshiro give for seeding: it never gives four zeros.
std::uint64_t split_mix(std::uint64_t& state) noexcept {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31);
}

}  // namespace

random_source::random_source(std::uint64_t seed) noexcept : state_{} {
  for (std::uint64_t& word : state_) word = split_mix(seed);
}

// xoshiro256** 1.0 (Blackman and Vigna 2018, https://prng.di.unimi.it/xoshiro256starstar.c).
std::uint64_t random_source::next() noexcept {
  const std::uint64_t drawn = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return drawn;
}

double random_source::uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

// Lemire 2019, "Fast random integer generation in an interval": no bias, and almost never a division.
std::uint64_t random_source::below(std::uint64_t bound) noexcept {
  uint128 product = static_cast<uint128>(next()) * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (low < threshold) {
      product = static_cast<uint128>(next()) * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace enlace
