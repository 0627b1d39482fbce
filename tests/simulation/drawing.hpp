#pragma once

#include <chrono>
#include <cstdint>

#include <enlace/clock.hpp>
#include <enlace/random.hpp>

namespace enlace::simulation {

inline duration milliseconds_below(random_source& random, std::uint64_t most) {
  return std::chrono::milliseconds(random.below(most));
}

inline const char* some_tenant(random_source& random) {
  static constexpr const char* tenants[] = {"acme", "globex", "initech"};
  return tenants[random.below(3)];
}

}  // namespace enlace::simulation
