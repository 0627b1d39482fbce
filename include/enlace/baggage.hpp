// Module: context
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace enlace {

/// One member of a `baggage` header (W3C Baggage): `key=value;property;property=value`.
class baggage_entry {
 public:
  baggage_entry() noexcept {}  // NOLINT(modernize-use-equals-default): must not become an aggregate
  baggage_entry(std::string name, std::string content) : key(std::move(name)), value(std::move(content)) {}

  std::string key;
  /// Decoded.
  std::string value;
  /// As they were sent, white space removed.
  std::vector<std::string> properties;
};

/// Reads a `baggage` header. Members that are not well-formed are left out.
[[nodiscard]] std::vector<baggage_entry> parse_baggage(std::string_view header);

/// Writes a `baggage` header, values percent-encoded where they must be: `context().baggage(format_baggage(entries))`.
/// Entries whose key is not a token (RFC 9110) are left out.
[[nodiscard]] std::string format_baggage(const std::vector<baggage_entry>& entries);

/// The longest beginning of a `baggage` header that keeps the limits that every receiver must accept: 64 members and
/// 8,192 bytes. Never a part of a member.
[[nodiscard]] std::string_view limit_baggage(std::string_view header) noexcept;

}  // namespace enlace
