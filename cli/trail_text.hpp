#pragma once

#include <string>

#include <enlace/reply.hpp>

namespace enlace::cli {

/// The decision trail of a call for people, a line each.
[[nodiscard]] std::string trail_text(const reply& answer);

}  // namespace enlace::cli
