#pragma once

#include <string>
#include <string_view>

#include <enlace/url.hpp>

#include "config/value_fault.hpp"

namespace enlace {

/// An entry of a service's `hosts` as it is looked up: "host:port", "host" for any port, "unix:/path". Normalised as
/// the host of a URL is, without a trailing dot.
[[nodiscard]] value_or_fault<std::string> host_key(std::string_view entry);

/// The key of an endpoint with its port, and for any port; the second is empty for a Unix socket.
struct endpoint_keys {
  std::string exact;
  std::string any_port;
};
[[nodiscard]] endpoint_keys keys_of(const endpoint& to);

}  // namespace enlace
