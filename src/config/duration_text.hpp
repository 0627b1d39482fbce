#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <enlace/clock.hpp>
#include <enlace/result.hpp>

namespace enlace {

/// What a number without a unit means.
enum class bare_number : std::uint8_t { refused, seconds };

/// No duration of the configuration is longer: a year. So none can overflow when it is added to a moment.
inline constexpr duration longest_duration = std::chrono::hours(24 * 365);

/// Reads "500ms", "2.5s", "10m", "1h" or "0", up to nine decimals. A leading minus is read too, so that whoever gets
/// the value can say why it won't do.
/// Errors: VALIDATION_ERROR; also for more than `longest_duration`.
[[nodiscard]] result<duration> parse_duration(std::string_view text, bare_number bare = bare_number::refused);

/// The shortest text that `parse_duration` reads as the same duration: "20s", "2.5s", "1h".
[[nodiscard]] std::string format_duration(duration value);

}  // namespace enlace
