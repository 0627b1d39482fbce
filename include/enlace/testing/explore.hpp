// Module: testing
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <enlace/testing/world.hpp>

namespace enlace::testing {

/// Which histories to look at.
struct exploration {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1000;
  /// Whether a history that breaks a promise is made as short as possible.
  bool shrink = true;
};

/// A history that breaks a promise.
struct finding {
  std::uint64_t seed = 0;
  violation broken;
  /// What the history had planned, and how much of that is needed to break the promise.
  std::size_t plans = 0;
  std::size_t needed = 0;
  /// Of the shortest history found.
  std::vector<std::string> trail;

  /// To print: the promise, the seed to replay it by, the trail.
  [[nodiscard]] std::string text() const;
};

/// Runs `history` in a world for each seed, until one breaks a promise: one of enlace's, one that an observer checks,
/// or one that `history` finds broken itself (`world::violated`). A failing history is replayed, and shrunk by leaving
/// out plans (`world::plan`) as long as the same promise is still broken. `history` must draw its numbers from
/// `world::random()` alone, and draw all of them before it runs the world.
[[nodiscard]] std::optional<finding> explore(const exploration& which, const std::function<void(world&)>& history);

}  // namespace enlace::testing
