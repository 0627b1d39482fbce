#include "context/call_context.hpp"

#include <algorithm>

#include <enlace/baggage.hpp>
#include <enlace/url.hpp>

#include "context/member_list.hpp"
#include "context/tracestate.hpp"
#include "context/wire_id.hpp"
#include "message/wire_request.hpp"

namespace enlace {
namespace {

/// Where a value came from; the nearer to the caller, the smaller.
enum class origin : std::uint8_t { request, by_hand, ambient, nowhere };

}  // namespace

call_context::call_context(const headers& by_hand, const context& ids, const context* ambient)
    : by_hand_(by_hand), ambient_(ambient) {
  std::array<origin, context_field_count> origins{};
  origins.fill(origin::nowhere);
  const auto origin_of = [&origins](context_field which) -> origin& {
    return origins[static_cast<std::size_t>(which)];
  };
  const auto take = [&](const context& from, origin where) {
    for (const context_field which : all_context_fields) {
      const std::optional<std::string>& value = get(from, which);
      if (!value || origin_of(which) != origin::nowhere) continue;
      entries_[static_cast<std::size_t>(which)].value = *value;
      origin_of(which) = where;
    }
  };
  take(ids, origin::request);
  for (const headers::field field : by_hand) {
    const std::optional<context_field> which = context_field_named(field.name);
    any_by_hand_ = any_by_hand_ || which;
    if (!which || origin_of(*which) != origin::nowhere) continue;
    take_by_hand(*which, trimmed(field.value));
    origin_of(*which) = origin::by_hand;
  }
  if (ambient != nullptr) take(*ambient, origin::ambient);

  entry& tenant = entries_[static_cast<std::size_t>(context_field::tenant)];
  if (tenant.value == "default") tenant = entry();
  parent_ = trace_context::parse(at(context_field::traceparent).value);
  if (origin_of(context_field::tracestate) > origin_of(context_field::traceparent)) {
    entries_[static_cast<std::size_t>(context_field::tracestate)] = entry();
  }
  deadline_ = ids.deadline();
  if (ambient != nullptr && ambient->deadline()) {
    deadline_ = deadline_ ? std::min(*deadline_, *ambient->deadline()) : ambient->deadline();
  }
}

void call_context::take_by_hand(context_field which, std::string_view value) {
  const auto index = static_cast<std::size_t>(which);
  entries_[index] = {value, value};
  if (is_id(which) && value.find('%') != std::string_view::npos) {
    decoded_[index] = percent_decode(value);
    entries_[index].value = decoded_[index];
  }
}

result<void> call_context::check() const {
  if (ambient_ == nullptr) return {};
  if (std::optional<error> wrong = check_ids(*ambient_)) return *std::move(wrong);
  return {};
}

void call_context::append_fields(headers& out, audience to) const {
  // Nearly always there is nothing to leave out, and the headers are copied as they lie.
  if (!any_by_hand_ && out.empty()) out = by_hand_;
  for (std::size_t i = out.size(); i < by_hand_.size(); ++i) {
    const headers::field field = by_hand_[i];
    const std::optional<context_field> which = context_field_named(field.name);
    const bool replaced = which && (to == audience::internal ||
                                    (to == audience::external_traced && *which == context_field::traceparent));
    if (!replaced) out.add(field.name, field.value);
  }
  if (to != audience::internal) return;
  std::string buffer;
  for (const context_field which : all_context_fields) {
    const entry& from = at(which);
    if (from.value.empty() && from.by_hand.empty()) continue;
    std::string_view value = from.by_hand.empty() ? from.value : from.by_hand;
    if (is_id(which) && from.by_hand.empty()) value = encode_id(value, buffer);
    if (which == context_field::baggage) value = limit_baggage(value);
    if (which == context_field::tracestate && !(parent_ && is_tracestate(value))) continue;
    if (value.empty() || which == context_field::traceparent) continue;
    out.add(header_of(which), value);
  }
}

}  // namespace enlace
