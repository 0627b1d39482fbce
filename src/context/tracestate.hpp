#pragma once

#include <string_view>

namespace enlace {

/// Whether a `tracestate` (all its header lines joined by commas) may be passed on: 1 to 32 members, each well-formed
/// (W3C Trace Context, 3.3). One that may not is dropped as a whole, as the specification says.
[[nodiscard]] bool is_tracestate(std::string_view text) noexcept;

}  // namespace enlace
