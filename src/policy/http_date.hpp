// Module: policy
#pragma once

#include <optional>
#include <string_view>

#include <enlace/clock.hpp>

namespace enlace {

/// Reads an HTTP date (RFC 9110, 5.6.7) in any of its three forms: IMF-fixdate, RFC 850 and asctime. Strict: exact
/// spacing, case and digits, no surrounding white space, days that exist, no second 60; only whether the name of the
/// weekday fits the date is not looked at. A two-digit year is the latest one that lies no more than 50 years after
/// `now`. Dates that `wall_time` can't hold (year 9999) become its nearest value.
[[nodiscard]] std::optional<wall_time> parse_http_date(std::string_view text, wall_time now) noexcept;

}  // namespace enlace
