#include "history.hpp"

#include <gtest/gtest.h>

#include "seeds.hpp"

namespace enlace::simulation {
namespace {

TEST(RandomHistories, KeepEveryPromise) {
  const auto found = testing::explore(chosen_seeds(), random_history);
  EXPECT_FALSE(found) << found->text() << "replay with: simulation --seed " << found->seed;
}

}  // namespace
}  // namespace enlace::simulation
