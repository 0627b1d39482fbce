#pragma once

#include <string>
#include <string_view>

#include <enlace/url.hpp>

namespace enlace {

/// Reads "host[:port]" into host and port of `to`, whose `tls` tells the port when there is none, and writes the
/// `Host` header's form into `authority`. Gives what is wrong, or nothing.
[[nodiscard]] std::string_view parse_host_port(std::string_view text, endpoint& to, std::string& authority);

/// Reads the percent-encoded path of a Unix socket. Gives what is wrong, or nothing.
[[nodiscard]] std::string_view parse_socket_path(std::string_view text, endpoint& to);

/// Whether an address to listen on, or "unix:/path", can only be reached from this machine.
[[nodiscard]] bool is_loopback(std::string_view address) noexcept;

}  // namespace enlace
