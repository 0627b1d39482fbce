// Module: base
#pragma once

#include <array>
#include <cstdint>

namespace enlace {

/// The place of a span in its trace (W3C Trace Context).
struct span_place {
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  /// All zero: a root.
  std::array<std::uint8_t, 8> parent_id{};
  bool sampled = false;
};

}  // namespace enlace
