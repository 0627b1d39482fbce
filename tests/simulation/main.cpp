// simulation [--seed N | --seeds N [--first N]] [gtest options]

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <gtest/gtest.h>

#include "seeds.hpp"

namespace {

enlace::testing::exploration chosen;

/// Takes "--name N" out of the arguments. False: it was there, but no number came with it.
bool take(int& count, char** arguments, std::string_view name, std::uint64_t& into) {
  for (int i = 1; i < count; ++i) {
    if (arguments[i] != name) continue;
    char* end = nullptr;
    const char* text = i + 1 < count ? arguments[i + 1] : "";
    into = std::strtoull(text, &end, 10);
    if (end == text || *end != '\0') return false;
    for (int j = i; j + 2 <= count; ++j) arguments[j] = arguments[j + 2];
    count -= 2;
    return true;
  }
  return true;
}

}  // namespace

const enlace::testing::exploration& enlace::simulation::chosen_seeds() noexcept { return chosen; }

int main(int count, char** arguments) {
  ::testing::InitGoogleTest(&count, arguments);
  chosen.seeds = SIMULATION_SEEDS;
  std::uint64_t one = 0;
  const bool good = take(count, arguments, "--seed", one) && take(count, arguments, "--seeds", chosen.seeds) &&
                    take(count, arguments, "--first", chosen.first_seed);
  if (!good || count > 1) {
    std::fprintf(stderr, "usage: %s [--seed N | --seeds N [--first N]]\n", arguments[0]);
    return 2;
  }
  if (one != 0) {
    chosen.first_seed = one;
    chosen.seeds = 1;
  }
  return RUN_ALL_TESTS();
}
