// Module: gateway
#pragma once

#include <boost/asio/awaitable.hpp>
#include <enlace/responder.hpp>
#include <enlace/stream.hpp>

namespace enlace {

/// Passes a stream on to one's own client, each event as it comes, in the form in which it comes: server-sent events
/// with their type and id, lines, or bytes. A client that reads slowly slows the upstream down; one that hangs up
/// closes the upstream's connection at once.
///
/// A failure before the first event is answered with the error and its status. After it, the client gets an event of
/// type "error", or a last line, with `{"error": {...}}`; a stream of bytes is broken off. `to` must not have begun an
/// answer. True: all of it has been passed on, and `from.ended()` is `finished`. Both must outlive this; so must their
/// loop.
boost::asio::awaitable<bool> pass_on(stream& from, responder& to);

}  // namespace enlace
