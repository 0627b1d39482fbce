#pragma once

#include <string_view>

namespace enlace {

/// The registered reason phrase of an HTTP status (IANA's registry, RFC 9110, 15); empty for one that is not
/// registered.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace enlace
