#pragma once

#include <optional>
#include <string>

#include <enlace/context.hpp>
#include <enlace/error.hpp>
#include <enlace/headers.hpp>
#include <enlace/request.hpp>
#include <enlace/result.hpp>
#include <enlace/url.hpp>

namespace enlace {

/// A request that passed validation, in the form in which it goes on the wire. Its context is not in it yet: which
/// ids are sent depends on the ambient context and on the host.
class wire_request {
 public:
  std::string method;
  enlace::url url;
  /// What `url` was read from; to be emptied by whoever changes it.
  std::string url_text;
  /// The caller's fields as given, and what the request itself says: Content-Type, Idempotency-Key and
  /// X-Idempotency-Key, Accept, User-Agent, Authorization from the URL's userinfo. Nothing of what the transport
  /// writes: Host, Content-Length, Connection.
  enlace::headers fields;
  /// False for a POST, PUT or PATCH without data; these still say `Content-Length: 0`.
  bool has_body = false;
  std::string body;
};

/// Checks everything that can be known of a request without its profile, and builds its wire form.
/// Errors: VALIDATION_ERROR whose message names the field and the way out, `details.field` the field alone. No value
/// of a header, an id or the data is in it.
[[nodiscard]] result<wire_request> to_wire(const request& asked);

/// The same, into what an earlier request left, so that its buffers are used again and a URL that comes twice in a row
/// is read once. Gives what is wrong; `wire` can then only be written again.
[[nodiscard]] std::optional<error> write_wire(const request& asked, wire_request& wire);

/// What is wrong with the ids of a context, if anything: controls in it, or an id over 1 KiB. For the ambient context,
/// which `to_wire` does not see.
[[nodiscard]] std::optional<error> check_ids(const context& ids);

}  // namespace enlace
