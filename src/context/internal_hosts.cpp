#include "context/internal_hosts.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include <enlace/headers.hpp>
#include <enlace/result.hpp>

namespace enlace {
namespace {

constexpr std::array<std::string_view, 4> own_domains = {".internal", ".local", ".svc", ".svc.cluster.local"};

using ipv6_bytes = std::array<std::uint8_t, 16>;

using address_text = std::array<char, INET6_ADDRSTRLEN>;

/// inet_pton wants a terminated string; a host that does not fit, or has a NUL in it, is no address.
bool terminate(std::string_view host, address_text& text) noexcept {
  if (host.size() >= text.size() || host.find('\0') != std::string_view::npos) return false;
  *std::ranges::copy(host, text.begin()).out = '\0';
  return true;
}

bool is_private(std::uint32_t address) noexcept {
  return (address >> 24U) == 127 || (address >> 24U) == 10 || (address >> 20U) == 0xAC1 || (address >> 16U) == 0xC0A8;
}

bool is_private_ipv4(std::string_view host) noexcept {
  address_text text;
  in_addr address{};
  return terminate(host, text) && inet_pton(AF_INET, text.data(), &address) == 1 && is_private(ntohl(address.s_addr));
}

bool is_private(const ipv6_bytes& address) noexcept {
  if ((address[0] & 0xFEU) == 0xFC) return true;
  ipv6_bytes loopback{};
  loopback.back() = 1;
  if (address == loopback) return true;
  constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (!std::ranges::equal(mapped, std::span(address).first<12>())) return false;
  std::uint32_t embedded = 0;
  std::memcpy(&embedded, address.data() + 12, sizeof embedded);
  return is_private(ntohl(embedded));
}

bool is_private_ipv6(std::string_view host) noexcept {
  address_text text;
  ipv6_bytes address{};
  return terminate(host, text) && inet_pton(AF_INET6, text.data(), address.data()) == 1 && is_private(address);
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// What resolvers take for a number, and so for an address in one of inet_aton's forms, whatever the other labels are.
bool ends_in_number(std::string_view host) noexcept {
  const std::size_t dot = host.rfind('.');
  const std::string_view label = dot == std::string_view::npos ? host : host.substr(dot + 1);
  if (label.empty()) return false;
  if (label.starts_with("0x") || label.starts_with("0X")) return true;
  return std::ranges::all_of(label, is_digit);
}

std::string_view without_final_dot(std::string_view host) noexcept {
  if (host.size() > 1 && host.ends_with('.')) host.remove_suffix(1);
  return host;
}

bool is_below(std::string_view host, std::string_view domain) noexcept {
  return host.size() > domain.size() && equals_ignoring_case(host.substr(host.size() - domain.size()), domain);
}

bool is_host_pattern(std::string_view host) noexcept {
  return !host.empty() && !host.starts_with('.') && !host.ends_with('.') &&
         host.find_first_of("*/ \t@[]?#") == std::string_view::npos && host.find("..") == std::string_view::npos;
}

}  // namespace

internal_hosts::internal_hosts(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    const std::string_view host = without_final_dot(pattern);
    const bool whole_domain = host.starts_with("*.");
    if (!is_host_pattern(host.substr(whole_domain ? 2 : 0))) {
      throw failure(error(error_code::configuration_error,
                          "internal_hosts: '" + pattern + "' is neither a host nor '*.' and a domain"));
    }
    if (whole_domain) {
      domains_.emplace_back(host.substr(1));
    } else {
      hosts_.emplace_back(host);
    }
  }
}

bool internal_hosts::contains(std::string_view host) const noexcept {
  host = without_final_dot(host);
  if (host.empty() || host.starts_with('.')) return false;
  const auto is_host = [host](std::string_view declared) { return equals_ignoring_case(host, declared); };
  if (std::ranges::any_of(hosts_, is_host)) return true;
  if (host.find(':') != std::string_view::npos) return is_private_ipv6(host);
  if (ends_in_number(host)) return is_private_ipv4(host);
  const auto is_domain = [host](std::string_view domain) { return is_below(host, domain); };
  return host.find('.') == std::string_view::npos || std::ranges::any_of(own_domains, is_domain) ||
         std::ranges::any_of(domains_, is_domain);
}

bool internal_hosts::contains(const endpoint& where) const noexcept {
  return !where.unix_path.empty() || contains(std::string_view(where.host));
}

}  // namespace enlace
