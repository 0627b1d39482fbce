#pragma once

#include <cstddef>

#include <enlace/reply.hpp>

namespace enlace {

/// Whether an answer may be kept: a success without `Cache-Control: no-store` (RFC 9111, 5.2.2.5) and without
/// `Set-Cookie`.
[[nodiscard]] bool storable(const reply& answer);

/// About how many bytes of memory a reply takes, the allocator's overhead included.
[[nodiscard]] std::size_t footprint(const reply& answer) noexcept;

}  // namespace enlace
