#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <enlace/url.hpp>

namespace enlace {

/// Which hosts are one's own, so that context may go to them. The URL's host decides, not what it resolves to.
/// Internal are: the declared ones; names of one label ("embedding-service", "localhost"); `*.internal`, `*.local`,
/// `*.svc`, `*.svc.cluster.local`; literal addresses of RFC 1918, 127.0.0.0/8, ::1, fc00::/7 (RFC 4193), and the same
/// IPv4 ones mapped into IPv6; Unix sockets. Case and one trailing dot do not matter.
/// Not internal: link-local addresses (169.254.0.0/16, where clouds serve credentials, and fe80::/10), and what only
/// looks like a name but is resolved as a number ("2130706433", "127.1", "0x7f000001").
/// Immutable, so thread-safe.
class internal_hosts {
 public:
  internal_hosts() = default;
  /// Each pattern is a host ("api.corp.example", "8.8.8.8") or "*." and a domain, which stands for every host below
  /// that domain, not for the domain itself. Throws `failure` (CONFIGURATION_ERROR) on any other pattern.
  explicit internal_hosts(const std::vector<std::string>& patterns);

  /// `host` without port, IPv6 without brackets.
  [[nodiscard]] bool contains(std::string_view host) const noexcept;
  [[nodiscard]] bool contains(const endpoint& where) const noexcept;

 private:
  std::vector<std::string> hosts_;
  /// With the leading dot.
  std::vector<std::string> domains_;
};

}  // namespace enlace
