#pragma once

#include <enlace/testing/world.hpp>

namespace enlace::simulation {

/// The names of the services in a history, and where they are.
inline constexpr const char* service_names[] = {"alpha", "beta"};

/// One random history: calls of several tenants to two services, and all that may befall them. Then every service is
/// well again, and traffic must be back in time. What it checks is in `promises_inside.hpp`, on top of the world's own.
void random_history(testing::world& in);

}  // namespace enlace::simulation
