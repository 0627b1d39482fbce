#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <enlace/context.hpp>
#include <enlace/headers.hpp>
#include <enlace/result.hpp>

#include "context/trace_context.hpp"

namespace enlace {

/// Who hears a call, and so how much of its context may be sent.
enum class audience : std::uint8_t {
  internal,         ///< everything
  external,         ///< only what the caller set by hand
  external_traced,  ///< as `external`, and the `traceparent` that the client writes for each attempt
};

/// On whose behalf one call is made, all things considered. For each id the first that is set wins: the request's id,
/// the request's header set by hand, the ambient id; "" counts as set and means none. `traceparent` and `tracestate` go
/// together: the state is taken from where the parent came from.
/// Holds views: the arguments must outlive it, unchanged. Allocates nothing, but for an id that a header set by hand
/// has percent-encoded.
class call_context {
 public:
  /// `by_hand`: the request's headers; `ids`: the request's own; `ambient` may be null.
  call_context(const headers& by_hand, const context& ids, const context* ambient);
  call_context(const call_context&) = delete;
  call_context& operator=(const call_context&) = delete;

  /// Errors: VALIDATION_ERROR for an id of more than 1 KiB or with control characters, and for control characters in
  /// trace fields and baggage.
  [[nodiscard]] result<void> check() const;

  /// Decoded, as cache keys, budgets and limits want them. "" is none; the tenant "default" is none, too.
  [[nodiscard]] std::string_view tenant() const noexcept { return value_of(field::tenant); }
  [[nodiscard]] std::string_view agent() const noexcept { return value_of(field::agent); }
  [[nodiscard]] std::string_view conversation() const noexcept { return value_of(field::conversation); }
  [[nodiscard]] std::string_view collection() const noexcept { return value_of(field::collection); }
  /// The earlier one of the request's and the ambient.
  [[nodiscard]] std::optional<time_point> deadline() const noexcept { return deadline_; }
  /// The span above this call, when a valid `traceparent` names one.
  [[nodiscard]] const std::optional<trace_context>& parent() const noexcept { return parent_; }

  /// Appends to `out` the headers set by hand and the fields of the context that `to` may have. Context fields set by
  /// hand are replaced by the effective ones where context is sent, and left alone where it isn't. `traceparent` is not
  /// written: each attempt has one of its own.
  void append_fields(headers& out, audience to) const;

 private:
  enum class field : std::uint8_t {
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
  static constexpr std::size_t field_count = 9;
  static std::optional<field> field_named(std::string_view header_name) noexcept;
  static const std::optional<std::string>& in(const context& ids, field which) noexcept;
  [[nodiscard]] std::string_view value_of(field which) const noexcept {
    return values_[static_cast<std::size_t>(which)];
  }
  void take_by_hand(field which, std::string_view value);

  const headers& by_hand_;
  std::array<std::string_view, field_count> values_{};
  std::array<std::string, 4> decoded_;
  std::optional<time_point> deadline_;
  std::optional<trace_context> parent_;
};

}  // namespace enlace
