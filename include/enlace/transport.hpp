// Module: net
#pragma once

#include <boost/asio/awaitable.hpp>
#include <enlace/exchange.hpp>

namespace enlace {

/// The network seam: one attempt, out and back. `client` drives it; a test hands in its own.
/// Belongs to one loop and is not thread-safe.
class transport {
 public:
  transport() = default;
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;
  virtual ~transport() = default;

  /// Sends `out` and fills `in`. Never throws for what the wire does: `in.failure` tells.
  /// Ends by `out.deadline`, and at once (`cancelled`) when the coroutine's cancellation slot is triggered. Every
  /// connection that it did not finish cleanly is closed, never reused.
  virtual boost::asio::awaitable<void> exchange(const outgoing& out, incoming& in) = 0;

  /// Closes the idle connections; calls in flight go on.
  virtual void close_idle() noexcept = 0;
};

}  // namespace enlace
