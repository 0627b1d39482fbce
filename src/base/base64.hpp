#pragma once

#include <string>
#include <string_view>

namespace enlace {

/// Base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string base64_encode(std::string_view bytes);

}  // namespace enlace
