#include <algorithm>

#include <enlace/testing/explore.hpp>

namespace enlace::testing {

namespace {

using history_of = std::function<void(world&)>;

/// Runs one history to its end; the promise that it breaks first.
std::optional<violation> run_history(world& in, const history_of& history) {
  history(in);
  if (in.violations().empty()) in.run();
  if (in.violations().empty()) in.check_end();
  if (in.violations().empty()) return std::nullopt;
  return in.violations().front();
}

bool still_breaks(std::uint64_t seed, const history_of& history, const std::vector<bool>& left_out,
                  const std::string& promise) {
  world again(seed);
  again.leave_out(left_out);
  const std::optional<violation> broken = run_history(again, history);
  return broken && broken->promise == promise;
}

/// Leaves out as many plans as it can: halves first, single ones at last (delta debugging, Zeller 1999).
std::vector<bool> shortest(std::uint64_t seed, const history_of& history, std::size_t plans,
                           const std::string& promise) {
  std::vector<bool> left_out(plans, false);
  for (std::size_t size = std::max<std::size_t>(plans / 2, 1);; size /= 2) {
    for (std::size_t from = 0; from < plans; from += size) {
      std::vector<bool> fewer = left_out;
      const std::size_t to = std::min(plans, from + size);
      std::fill(fewer.begin() + static_cast<std::ptrdiff_t>(from), fewer.begin() + static_cast<std::ptrdiff_t>(to),
                true);
      if (fewer != left_out && still_breaks(seed, history, fewer, promise)) left_out = fewer;
    }
    if (size == 1) return left_out;
  }
}

}  // namespace

std::string finding::text() const {
  std::string all = "promise broken: " + broken.promise + "\n  " + broken.what + "\n  seed " + std::to_string(seed) +
                    "; " + std::to_string(needed) + " of " + std::to_string(plans) + " plans are enough\n";
  for (const std::string& line : trail) all.append("  ").append(line).append("\n");
  return all;
}

std::optional<finding> explore(const exploration& which, const history_of& history) {
  for (std::uint64_t seed = which.first_seed; seed < which.first_seed + which.seeds; ++seed) {
    finding found;
    {
      world first(seed);
      const std::optional<violation> broken = run_history(first, history);
      if (!broken) continue;
      found.seed = seed;
      found.plans = first.plans();
      found.broken = *broken;
    }
    std::vector<bool> left_out(found.plans, false);
    if (which.shrink) left_out = shortest(seed, history, found.plans, found.broken.promise);
    found.needed = static_cast<std::size_t>(std::count(left_out.begin(), left_out.end(), false));
    world shown(seed);
    shown.leave_out(std::move(left_out));
    shown.keep_trail();
    if (const std::optional<violation> broken = run_history(shown, history)) found.broken = *broken;
    found.trail = shown.trail();
    return found;
  }
  return std::nullopt;
}

}  // namespace enlace::testing
