#pragma once

#include <cstdint>

namespace enlace {

/// What a decoder made of the bytes it was given.
enum class decoded : std::uint8_t {
  need_more,  ///< all were taken, and no event has ended
  event,      ///< an event; what follows it was not taken
  too_large,  ///< a line or an event is over the limit; so it stays until `reset`
};

}  // namespace enlace
