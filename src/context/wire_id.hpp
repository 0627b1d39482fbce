#pragma once

#include <string>
#include <string_view>

#include <enlace/result.hpp>

namespace enlace {

/// Longest id, in bytes, before encoding.
inline constexpr std::size_t max_id_bytes = 1024;

/// Errors: VALIDATION_ERROR, naming `header`, for an id that is too long or has control characters.
[[nodiscard]] result<void> check_id(std::string_view header, std::string_view id);

/// The id as it stands in a header: bytes outside visible ASCII and `%` itself are percent-encoded. Gives back `id`
/// itself where nothing needs it, else a view of `buffer`.
[[nodiscard]] std::string_view encode_id(std::string_view id, std::string& buffer);

}  // namespace enlace
