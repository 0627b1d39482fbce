#pragma once

#include <string>

#include <enlace/exchange.hpp>

namespace enlace {

/// Appends the head of an HTTP/1.1 request (RFC 9112, 2 and 3), its blank line included, to `out`; the body follows by
/// the caller. Beside the fields of `o` it writes Host, Content-Length where there is a body or the method promises
/// one (POST, PUT, PATCH), and `Accept-Encoding: gzip, deflate, br` unless the caller's fields have one. No Connection:
/// to keep alive is what HTTP/1.1 does. Nothing is checked here, everything in `o` has passed validation.
void append_request_head(std::string& out, const outgoing& o);

}  // namespace enlace
