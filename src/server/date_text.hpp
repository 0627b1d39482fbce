#pragma once

#include <string>

#include <enlace/clock.hpp>

namespace enlace {

/// An HTTP date (RFC 9110, 5.6.7), "Tue, 15 Nov 1994 08:12:31 GMT". Years 0 to 9999.
[[nodiscard]] std::string date_text(wall_time when);

}  // namespace enlace
