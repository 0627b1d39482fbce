#pragma once

#include <string>
#include <string_view>

namespace enlace {

/// The id as it stands in a header: bytes outside visible ASCII and `%` itself are percent-encoded. Gives back `id`
/// itself where nothing needs it, else a view of `buffer`. `percent_decode` undoes it.
[[nodiscard]] std::string_view encode_id(std::string_view id, std::string& buffer);

}  // namespace enlace
