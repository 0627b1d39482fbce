// Module: message
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <enlace/clock.hpp>
#include <enlace/headers.hpp>
#include <enlace/url.hpp>

namespace enlace {

class body_producer;

/// How one attempt failed on the wire. An HTTP status, whichever, is no wire failure.
enum class wire_failure : std::uint8_t {
  none,
  dns,               ///< the name did not resolve
  refused,           ///< no address accepted the connection: refused, unreachable, no such socket
  connect_timeout,   ///< no connection within the connect timeout
  tls,               ///< the handshake failed, or the certificate is not to be trusted
  pool_full,         ///< no connection of the host's cap became free in time
  reset,             ///< the peer broke the connection
  truncated,         ///< the connection ended inside the answer
  timeout,           ///< the deadline of the attempt passed
  malformed,         ///< the answer is not HTTP, or has conflicting framing
  too_large,         ///< head or decoded body over its limit
  content_encoding,  ///< an encoding that was not asked for, or damaged compressed data
  cancelled,         ///< the caller cancelled
};

/// How far an attempt had come.
enum class wire_phase : std::uint8_t { none, pool, resolve, connect, tls, send, first_byte, body };

/// "refused", "first_byte", ...: as in the `details` of errors.
[[nodiscard]] std::string_view name_of(wire_failure failure) noexcept;
[[nodiscard]] std::string_view name_of(wire_phase phase) noexcept;

/// How TLS is spoken with an endpoint. Equal settings share one OpenSSL context for each loop.
struct tls_settings {
  /// PEM file with the certificates to trust instead of the system's; empty: the system's.
  std::string ca_file;
  /// Whether the peer's certificate and name are checked. Off is for tests alone.
  bool verify = true;

  friend bool operator==(const tls_settings&, const tls_settings&) = default;
};

/// One attempt, as the transport sends it. Views and references must outlive the exchange.
struct outgoing {
  const enlace::endpoint* to = nullptr;
  /// For https only; null: the defaults.
  const tls_settings* tls = nullptr;
  std::string_view method;
  /// Path and query.
  std::string_view target;
  std::string_view authority;
  /// Everything but Host, Content-Length, Accept-Encoding and Connection, which the transport writes.
  const headers* fields = nullptr;
  /// Fields of this attempt alone, already in wire form ("Name: value\r\n"...): deadline, trace.
  std::string_view extra_fields;
  bool has_body = false;
  std::string_view body;
  /// Set: the body comes from here instead, in chunks, or as `body_length` bytes where that is known.
  const body_producer* produce = nullptr;
  std::optional<std::uint64_t> body_length;
  time_point deadline{};
  duration connect_timeout{};
  std::uint64_t max_body_bytes = 32ULL << 20;
  std::uint32_t max_head_bytes = 64U << 10;
};

/// What came of an attempt.
class incoming {
 public:
  wire_failure failure = wire_failure::none;
  /// Where it failed; `body` on success.
  wire_phase phase = wire_phase::none;
  /// What the system said: "Connection refused". Never a secret.
  std::string detail;
  /// Whether any byte of the request may have reached the peer's application.
  bool sent = false;
  /// Whether the producer of the request's body was asked: what it gave is gone, so the request can't be sent again.
  bool body_begun = false;
  /// Of an answer read as it comes: only the end of the connection tells where its body ends.
  bool ends_with_connection = false;
  /// Whether a pooled connection served it.
  bool reused_connection = false;
  int status = 0;
  enlace::headers headers;
  /// Decoded.
  std::string body;

  void clear() noexcept;
};

}  // namespace enlace
