#pragma once

#include <enlace/testing/explore.hpp>

namespace enlace::simulation {

/// The seeds that this run looks at: as many as the build says, unless `--seed N` names one or `--seeds N` a number.
[[nodiscard]] const testing::exploration& chosen_seeds() noexcept;

}  // namespace enlace::simulation
