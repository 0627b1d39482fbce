// Module: message
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <enlace/result.hpp>

namespace enlace {

/// Where to connect: what the connection pool, the resolver and TLS need to know of a URL.
class endpoint {
 public:
  bool tls = false;
  /// Host without brackets, lower case; empty for a Unix socket.
  std::string host;
  std::uint16_t port = 0;
  /// Path of a Unix domain socket; empty for TCP.
  std::string unix_path;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// An absolute http, https or http+unix URL (RFC 3986), normalised: lower-case scheme and host, dot segments
/// removed, no fragment, characters that may not stand in a path or query percent-encoded.
/// `http+unix://%2Frun%2Fmodel.sock/path` names a Unix socket by its percent-encoded path.
/// Refused are hosts that some resolvers take for an address and others for a name (127.1, 0x7f.1, 2130706433), IPv6
/// zones, host names outside ASCII (to be written in punycode), controls and white space around it.
class url {
 public:
  /// Errors: VALIDATION_ERROR naming what is wrong; secrets of the URL are not in the message.
  [[nodiscard]] static result<url> parse(std::string_view text);

  [[nodiscard]] std::string_view scheme() const noexcept { return scheme_; }
  /// User name and password, percent-decoded, always with the colon: "user:password"; empty when there is none.
  [[nodiscard]] const std::string& userinfo() const noexcept { return userinfo_; }
  [[nodiscard]] const enlace::endpoint& endpoint() const noexcept { return endpoint_; }
  [[nodiscard]] const std::string& host() const noexcept { return endpoint_.host; }
  [[nodiscard]] std::uint16_t port() const noexcept { return endpoint_.port; }
  /// The `Host` header: host, brackets for IPv6, port unless it is the scheme's own; "localhost" for a Unix socket.
  [[nodiscard]] const std::string& authority() const noexcept { return authority_; }
  /// "host:port" with the port always there, or "unix:/path": the name of a service that has no configured one.
  [[nodiscard]] std::string service_name() const;
  /// Path and query, as in the request line; at least "/".
  [[nodiscard]] const std::string& target() const noexcept { return target_; }
  [[nodiscard]] std::string_view path() const noexcept;
  /// Without the question mark; empty when there is none.
  [[nodiscard]] std::string_view query() const noexcept;

  /// Adds an already encoded "a=b&c=d" to the query.
  void append_query(std::string_view encoded);
  /// Another URL seen from this one, as in a `Location` header (RFC 3986, 5.2).
  [[nodiscard]] result<url> resolve(std::string_view reference) const;
  [[nodiscard]] bool same_origin(const url& other) const noexcept;

  /// The whole of it, userinfo included; parses to the same URL.
  [[nodiscard]] std::string to_string() const;
  /// For messages, logs and spans: no userinfo, and the values of query parameters whose names look secret
  /// (key, token, secret, password, signature, code, auth, ...) replaced by "REDACTED".
  [[nodiscard]] std::string redacted() const;

 private:
  [[nodiscard]] std::string_view read(std::string_view text);
  [[nodiscard]] std::string_view read_host(std::string_view text);
  [[nodiscard]] bool assign_target(std::string_view text);
  [[nodiscard]] bool normalise_target(std::string_view text);

  std::string_view scheme_;
  std::string userinfo_;
  enlace::endpoint endpoint_;
  std::string authority_;
  std::string target_;
  std::size_t path_size_ = 0;
};

/// Percent-encodes every byte that is not unreserved (RFC 3986, 2.3).
[[nodiscard]] std::string percent_encode(std::string_view bytes);
/// Undoes percent-encoding; a malformed triplet stays as it is.
[[nodiscard]] std::string percent_decode(std::string_view text);

}  // namespace enlace
