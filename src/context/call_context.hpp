#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <enlace/context.hpp>
#include <enlace/headers.hpp>
#include <enlace/result.hpp>

#include "context/context_field.hpp"
#include "context/trace_context.hpp"

namespace enlace {

/// Who hears a call, and so how much of its context may be sent.
enum class audience : std::uint8_t {
  internal,         ///< everything
  external,         ///< only what the caller set by hand
  external_traced,  ///< as `external`, and the `traceparent` that the client writes for each attempt
};

/// On whose behalf one call is made, all things considered. For each field the first that is set wins: the request's
/// id, the request's header set by hand, the ambient id; "" counts as set and means none. A `tracestate` is never taken
/// from further out than its `traceparent`.
/// Holds views: the arguments must outlive it, unchanged. Allocates nothing, but for ids that headers set by hand have
/// percent-encoded.
class call_context {
 public:
  /// `by_hand`: the request's headers; `ids`: the request's own; `ambient` may be null.
  call_context(const headers& by_hand, const context& ids, const context* ambient);
  call_context(const call_context&) = delete;
  call_context& operator=(const call_context&) = delete;

  /// Decoded, as cache keys, budgets and limits want them. "" is none; the tenant "default" is none, too.
  [[nodiscard]] std::string_view tenant() const noexcept { return at(context_field::tenant).value; }
  [[nodiscard]] std::string_view agent() const noexcept { return at(context_field::agent).value; }
  [[nodiscard]] std::string_view conversation() const noexcept { return at(context_field::conversation).value; }
  [[nodiscard]] std::string_view collection() const noexcept { return at(context_field::collection).value; }
  /// The earlier one of the request's and the ambient.
  [[nodiscard]] std::optional<time_point> deadline() const noexcept { return deadline_; }
  /// The span above this call, when a valid `traceparent` names one.
  [[nodiscard]] const std::optional<trace_context>& parent() const noexcept { return parent_; }

  /// Errors: VALIDATION_ERROR for an ambient id of more than 1 KiB or with control characters. `to_wire` has checked
  /// what the request itself brings.
  [[nodiscard]] result<void> check() const;

  /// Appends to `out` the headers set by hand and the context that `to` may have. Where context is sent, its headers
  /// set by hand give way to the effective ones; where it isn't, they are left alone. `traceparent` is left out where
  /// the client sends its own, for each attempt has one of its own.
  void append_fields(headers& out, audience to) const;

 private:
  struct entry {
    std::string_view value;
    /// As the header set by hand has it, which is how it is sent; empty when the value came from elsewhere.
    std::string_view by_hand;
  };
  [[nodiscard]] const entry& at(context_field which) const noexcept {
    return entries_[static_cast<std::size_t>(which)];
  }
  void take_by_hand(context_field which, std::string_view value);

  const headers& by_hand_;
  /// Whether any header set by hand is one of the context's.
  bool any_by_hand_ = false;
  const context* ambient_;
  std::array<entry, context_field_count> entries_{};
  /// What ids set by hand are, decoded.
  std::array<std::string, context_id_count> decoded_;
  std::optional<time_point> deadline_;
  std::optional<trace_context> parent_;
};

}  // namespace enlace
