#pragma once

#include <boost/asio/cancellation_state.hpp>

namespace enlace {

/// Asked before each operation: a cancellation between two of them does not stop the next.
inline bool is_cancelled(const boost::asio::cancellation_state& state) noexcept {
  return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace enlace
