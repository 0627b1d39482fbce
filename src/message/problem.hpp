#pragma once

#include <enlace/json.hpp>

namespace enlace {

/// The members of a problem document (RFC 9457, 3). A standard member of the wrong type is dropped, for the RFC has it
/// ignored; extension members stay as they came.
[[nodiscard]] json::object problem_members(json::object document);

}  // namespace enlace
