#include "message/host.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "message/percent.hpp"

namespace enlace {
namespace {

constexpr std::size_t max_name = 253;
constexpr std::size_t max_label = 63;

/// The lower-case form of each byte that may stand in a host name, zero for the others. The underscore is no DNS host
/// name's, but container networks use it.
constexpr std::array<char, 256> name_bytes = [] {
  std::array<char, 256> table{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz0123456789-._")) {
    table[static_cast<unsigned char>(c)] = c;
    if (c >= 'a') table[static_cast<unsigned char>(c - 'a' + 'A')] = c;
  }
  table['_'] = '_';
  return table;
}();

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string_view what_is_wrong_with(std::string_view name) noexcept {
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) {
      return "a host name outside ASCII must be written in punycode (xn--...)";
    }
  }
  if (name.find('%') != std::string_view::npos) return "a host name can't be percent-encoded";
  return "a host name has only letters, digits, '-', '.' and '_'; an IPv6 address stands in brackets";
}

/// Whether the last label of a name is a number, decimal or hexadecimal. Such a host is an IPv4 address to some
/// resolvers (inet_aton: 127.1, 0x7f.1, 2130706433, 0177.0.0.1) and a name to others, so it would slip through rules
/// about addresses. It must be a plain dotted quad, or it is refused. (The test is that of the WHATWG URL standard.)
bool is_number(std::string_view label) noexcept {
  if (!is_digit(label[0])) return false;
  const bool hex = label.starts_with("0x");
  if (hex) label.remove_prefix(2);
  return label.find_first_not_of(hex ? "0123456789abcdef" : "0123456789") == std::string_view::npos;
}

bool is_dotted_quad(std::string_view text) noexcept {
  for (int part = 0; part < 4; ++part) {
    std::size_t digits = 0;
    int value = 0;
    while (digits < text.size() && digits < 4 && is_digit(text[digits])) value = value * 10 + (text[digits++] - '0');
    if (digits == 0 || value > 255 || (digits > 1 && text[0] == '0')) return false;
    text.remove_prefix(digits);
    if (part == 3) return text.empty();
    if (text.empty() || text[0] != '.') return false;
    text.remove_prefix(1);
  }
  return false;
}

/// The last label of a name, or "" when a label is empty or too long. A dot at the end makes a name absolute.
std::string_view last_label(std::string_view name) noexcept {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > max_name) return {};
  while (true) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    if (dot == 0 || dot > max_label) return {};
    if (dot == name.size()) return name;
    name.remove_prefix(dot + 1);
  }
}

std::string_view read_name(std::string_view name, std::string& host) {
  constexpr std::string_view misfit = "its host has an empty label, one over 63 bytes, or is over 253 bytes in all";
  if (name.empty()) return "it has no host";
  if (name.size() > max_name + 1) return misfit;
  std::array<char, max_name + 1> lowered;
  bool legal = true;
  for (std::size_t i = 0; i < name.size(); ++i) {
    lowered[i] = name_bytes[static_cast<unsigned char>(name[i])];
    legal = legal && lowered[i] != 0;
  }
  if (!legal) return what_is_wrong_with(name);
  host.assign(lowered.data(), name.size());
  const std::string_view last = last_label(host);
  if (last.empty()) return misfit;
  if (is_number(last) && !is_dotted_quad(host)) {
    return "an IPv4 address must be four decimal numbers without leading zeros, like 127.0.0.1";
  }
  return {};
}

/// The text form is that of RFC 5952, so that one address is one service.
std::string_view read_ipv6(std::string_view text, std::string& host) {
  if (text.find('%') != std::string_view::npos) return "an IPv6 address with a zone can't be called";
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.size() >= buffer.size()) return "the address in brackets is no IPv6 address";
  text.copy(buffer.data(), text.size());
  in6_addr address{};
  if (text.find('\0') != std::string_view::npos || inet_pton(AF_INET6, buffer.data(), &address) != 1) {
    return "the address in brackets is no IPv6 address";
  }
  host = inet_ntop(AF_INET6, &address, buffer.data(), buffer.size());
  return {};
}

/// After the host: nothing, ":" or ":port".
std::string_view read_port(std::string_view text, endpoint& to) {
  to.port = to.tls ? 443 : 80;
  if (text.empty()) return {};
  if (text[0] != ':') return "after the bracket of an IPv6 address only a port may follow";
  text.remove_prefix(1);
  if (text.empty()) return {};
  unsigned port = 0;
  for (const char c : text) {
    if (!is_digit(c)) return "its port is no number";
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > 65535) break;
  }
  if (port == 0 || port > 65535) return "its port must be from 1 to 65535";
  to.port = static_cast<std::uint16_t>(port);
  return {};
}

void write_authority(const endpoint& of, bool bracketed, std::string& authority) {
  if (bracketed) {
    authority.assign(1, '[').append(of.host).push_back(']');
  } else {
    authority.reserve(of.host.size() + 6);
    authority = of.host;
  }
  if (of.port == (of.tls ? 443 : 80)) return;
  std::array<char, 8> port{':'};
  const std::to_chars_result end = std::to_chars(port.data() + 1, port.data() + port.size(), of.port);
  authority.append(port.data(), end.ptr);
}

}  // namespace

std::string_view parse_host_port(std::string_view text, endpoint& to, std::string& authority) {
  const bool bracketed = !text.empty() && text[0] == '[';
  std::size_t host_end = 0;
  std::string_view wrong;
  if (bracketed) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return "the bracket of its IPv6 address is not closed";
    wrong = read_ipv6(text.substr(1, bracket - 1), to.host);
    host_end = bracket + 1;
  } else {
    host_end = std::min(text.find(':'), text.size());
    wrong = read_name(text.substr(0, host_end), to.host);
  }
  if (!wrong.empty()) return wrong;
  wrong = read_port(text.substr(host_end), to);
  if (wrong.empty()) write_authority(to, bracketed, authority);
  return wrong;
}

std::string_view parse_socket_path(std::string_view text, endpoint& to) {
  if (text.empty()) return "it has no socket path; write it percent-encoded, like http+unix://%2Frun%2Fmodel.sock/";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int value = triplet_value(text.substr(i));
      if (value < 0) return "its socket path has a '%' without two hexadecimal digits";
      if (value == 0) return "its socket path has a NUL";
      i += 2;
    } else if (text[i] == ':') {
      return "a Unix socket has no port; write a ':' of its path as %3A";
    } else if (text[i] == '@' || !has_url_byte(text[i], url_byte::path)) {
      return "its socket path has a character that must be percent-encoded";
    }
  }
  to.unix_path = percent_decode(text);
  if (to.unix_path[0] != '/') return "its socket path must be absolute: begin it with %2F";
  if (to.unix_path.size() >= sizeof(sockaddr_un::sun_path)) return "its socket path is longer than 107 bytes";
  return {};
}

bool is_loopback(std::string_view address) noexcept {
  if (address == "localhost" || address == "::1" || address.starts_with("unix:")) return true;
  // Not by its beginning: a name may begin with "127." too.
  const auto part_of_address = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  return address.starts_with("127.") && std::ranges::all_of(address, part_of_address);
}

}  // namespace enlace
