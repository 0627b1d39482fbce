#pragma once

#include <memory>

#include <enlace/testing/world.hpp>

#include "stream_promises.hpp"

namespace enlace::simulation {

/// Streams of several tenants, of all the kinds of `stream_targets`: read to the end, slowly, or not to the end; some
/// are cancelled.
void plan_streams(testing::world& in, const std::shared_ptr<stream_promises>& promises, duration span);

}  // namespace enlace::simulation
