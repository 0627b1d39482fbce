#include "context/inbound_context.hpp"

#include <algorithm>
#include <string>

#include <enlace/baggage.hpp>
#include <enlace/url.hpp>

#include "context/context_field.hpp"
#include "context/member_list.hpp"
#include "context/trace_context.hpp"
#include "context/tracestate.hpp"
#include "message/wire_request.hpp"

namespace enlace {
namespace {

/// All lines of the field as one list. A tab is white space there and becomes a space, so that contexts have no
/// controls.
std::string list_of(const headers& fields, context_field which) {
  std::string list = fields.joined(header_of(which));
  std::ranges::replace(list, '\t', ' ');
  return std::string(trimmed(list));
}

result<void> take_id(const headers& fields, context_field which, context& to) {
  const std::optional<std::string_view> raw = fields.get(header_of(which));
  if (!raw) return {};
  for (const headers::field field : fields) {
    if (context_field_named(field.name) == which && trimmed(field.value) != trimmed(*raw)) {
      return error(error_code::validation_error, std::string(header_of(which)) + " comes twice, with different values",
                   object("field", header_of(which)));
    }
  }
  std::string id(trimmed(*raw));
  if (is_id(which)) id = percent_decode(id);
  if (!id.empty()) set(to, which, std::move(id));
  return {};
}

void take_trace(const headers& fields, context& to) {
  std::string parent = list_of(fields, context_field::traceparent);
  if (!trace_context::parse(parent)) return;
  to.traceparent(std::move(parent));
  std::string state = list_of(fields, context_field::tracestate);
  if (is_tracestate(state)) to.tracestate(std::move(state));
}

}  // namespace

result<context> context_from_headers(const headers& fields) {
  context made;
  for (const context_field which : all_context_fields) {
    if (which == context_field::traceparent) break;
    if (result<void> taken = take_id(fields, which, made); !taken) return taken.error();
  }
  take_trace(fields, made);
  if (const std::string baggage = list_of(fields, context_field::baggage); !baggage.empty()) {
    made.baggage(std::string(limit_baggage(baggage)));
  }
  if (std::optional<error> wrong = check_ids(made)) return *std::move(wrong);
  return made;
}

}  // namespace enlace
