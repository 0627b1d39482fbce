#pragma once

#include <map>
#include <string>

#include <enlace/testing/world.hpp>

namespace enlace::simulation {

/// No answer is cached for longer.
inline constexpr duration longest_lifetime = std::chrono::seconds(2);

/// What a service of a history answers: usually its caller's tenant and the time, now and then something else.
[[nodiscard]] testing::answer serve(testing::world& in, const testing::received& what);

/// Whether the answer that a call got may be the one for it: of its own tenant, not older than its lifetime, and not
/// from before the tenant's answers were dropped.
void check_answer(testing::world& in, const testing::started_call& ended,
                  const std::map<std::string, time_point>& invalidated);

}  // namespace enlace::simulation
