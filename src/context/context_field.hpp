#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <enlace/context.hpp>

namespace enlace {

/// What of a context goes on the wire. The percent-encoded ids come first.
enum class context_field : std::uint8_t {
  tenant,
  agent,
  conversation,
  collection,
  request_id,
  correlation_id,
  traceparent,
  tracestate,
  baggage,
};

inline constexpr std::size_t context_id_count = 4;
inline constexpr std::size_t context_field_count = 9;

inline constexpr std::array<context_field, context_field_count> all_context_fields = {
    context_field::tenant,      context_field::agent,      context_field::conversation,
    context_field::collection,  context_field::request_id, context_field::correlation_id,
    context_field::traceparent, context_field::tracestate, context_field::baggage,
};

[[nodiscard]] constexpr bool is_id(context_field which) noexcept {
  return static_cast<std::size_t>(which) < context_id_count;
}

/// "X-Tenant-ID", ...
[[nodiscard]] std::string_view header_of(context_field which) noexcept;
[[nodiscard]] std::optional<context_field> context_field_named(std::string_view header) noexcept;

[[nodiscard]] const std::optional<std::string>& get(const context& from, context_field which) noexcept;
void set(context& to, context_field which, std::string value);

}  // namespace enlace
