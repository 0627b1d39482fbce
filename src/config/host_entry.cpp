#include "config/host_entry.hpp"

#include <cstddef>

#include "config/concat.hpp"
#include "message/host.hpp"

namespace enlace {

namespace {

constexpr std::string_view unix_scheme = "unix:";
// sockaddr_un::sun_path, less the NUL at its end.
constexpr std::size_t longest_socket_path = 107;

std::string bracketed(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.find(':') == std::string_view::npos) return std::string(host);
  return concat("[", host, "]");
}

value_fault refusal(std::string_view entry, std::string_view why) {
  return value_fault::because(concat("'", entry, "' is not a host: ", why));
}

value_or_fault<std::string> socket_key(std::string_view entry) {
  const std::string_view path = entry.substr(unix_scheme.size());
  if (!path.starts_with('/')) return refusal(entry, "the path of a Unix socket must be absolute");
  if (path.size() > longest_socket_path || path.find('\0') != std::string_view::npos) {
    return refusal(entry, "the path of a Unix socket has at most 107 bytes and no NUL");
  }
  return std::string(entry);
}

}  // namespace

value_or_fault<std::string> host_key(std::string_view entry) {
  if (entry.starts_with(unix_scheme)) return socket_key(entry);
  if (entry.find("://") != std::string_view::npos || entry.find('/') != std::string_view::npos) {
    return refusal(entry, "write it without scheme and path, like \"embedding-service:8000\"");
  }
  if (entry.find('*') != std::string_view::npos) return refusal(entry, "a service's hosts are named one by one");

  const bool has_brackets = entry.starts_with('[');
  const std::size_t host_end = has_brackets ? entry.find(']') : 0;
  const std::size_t colon = host_end == std::string_view::npos ? host_end : entry.find(':', host_end);
  // An IPv6 address without brackets can't have a port behind it.
  const bool bare_ipv6 =
      !has_brackets && colon != std::string_view::npos && entry.find(':', colon + 1) != std::string_view::npos;
  const bool has_port = colon != std::string_view::npos && !bare_ipv6;
  if (has_port && colon + 1 == entry.size()) return refusal(entry, "its port is missing");

  endpoint to;
  std::string authority;
  const std::string text = bare_ipv6 ? concat("[", entry, "]") : std::string(entry);
  if (const std::string_view wrong = parse_host_port(text, to, authority); !wrong.empty()) {
    return refusal(entry, wrong);
  }
  const endpoint_keys keys = keys_of(to);
  return has_port ? keys.exact : keys.any_port;
}

endpoint_keys keys_of(const endpoint& to) {
  if (!to.unix_path.empty()) return {concat(unix_scheme, to.unix_path), std::string()};
  std::string host = bracketed(to.host);
  return {concat(host, ":", std::to_string(to.port)), host};
}

}  // namespace enlace
