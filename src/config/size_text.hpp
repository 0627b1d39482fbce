#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <enlace/result.hpp>

namespace enlace {

/// Reads "64MiB", "1.5GiB" (powers of 1024), "1MB", "10kB" (powers of 1000), "512B" or "512", in bytes.
/// Errors: VALIDATION_ERROR.
[[nodiscard]] result<std::uint64_t> parse_size(std::string_view text);

/// The shortest text that `parse_size` reads as the same size: "64MiB", "1MB", "1000001B".
[[nodiscard]] std::string format_size(std::uint64_t bytes);

}  // namespace enlace
