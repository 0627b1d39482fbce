// Module: net
#pragma once

#include <memory>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <enlace/exchange.hpp>

namespace enlace {

/// The body of an answer that is read as it comes. Destroyed before its end, it closes the connection at once.
class incoming_body {
 public:
  incoming_body() = default;
  incoming_body(const incoming_body&) = delete;
  incoming_body& operator=(const incoming_body&) = delete;
  virtual ~incoming_body() = default;

  /// Waits for the next piece of the body; empty when it is over, and `in.failure` says whether well. A piece is valid
  /// until the next `read`. Bytes are taken from the network only here, so who does not read stops the sender.
  /// Ends by `deadline` and when cancelled as `transport::exchange` does; the connection is closed then.
  virtual boost::asio::awaitable<std::string_view> read(incoming& in, time_point deadline) = 0;
};

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

  /// The same up to the end of the answer's head, which it fills `in` with; the body is then read from what it gives.
  /// Null: `in.failure` tells. Nothing is decoded: a body in a content encoding that the request did not accept is
  /// a failure, one that it accepted comes as it is. `out` need not outlive this, `in` the body.
  virtual boost::asio::awaitable<std::unique_ptr<incoming_body>> open(const outgoing& out, incoming& in) = 0;

  /// Closes the idle connections; calls in flight go on.
  virtual void close_idle() noexcept = 0;
};

}  // namespace enlace
