#include "context/context_field.hpp"

#include <enlace/headers.hpp>

namespace enlace {
namespace {

constexpr std::array<std::string_view, context_field_count> names = {
    "X-Tenant-ID",      "X-Agent-ID",  "X-Conversation-ID", "X-Collection-ID", "X-Request-ID",
    "X-Correlation-ID", "traceparent", "tracestate",        "baggage",
};
constexpr std::size_t shortest = std::string_view("baggage").size();
constexpr std::size_t longest = std::string_view("X-Conversation-ID").size();

}  // namespace

std::string_view header_of(context_field which) noexcept { return names[static_cast<std::size_t>(which)]; }

std::optional<context_field> context_field_named(std::string_view header) noexcept {
  // Every header of every call is looked up here, and hardly any is as long as one of these.
  if (header.size() < shortest || header.size() > longest) return std::nullopt;
  for (const context_field which : all_context_fields) {
    const std::string_view name = names[static_cast<std::size_t>(which)];
    if (header.size() == name.size() && equals_ignoring_case(header, name)) return which;
  }
  return std::nullopt;
}

const std::optional<std::string>& get(const context& from, context_field which) noexcept {
  switch (which) {
    case context_field::tenant:
      return from.tenant();
    case context_field::agent:
      return from.agent();
    case context_field::conversation:
      return from.conversation();
    case context_field::collection:
      return from.collection();
    case context_field::request_id:
      return from.request_id();
    case context_field::correlation_id:
      return from.correlation_id();
    case context_field::traceparent:
      return from.traceparent();
    case context_field::tracestate:
      return from.tracestate();
    case context_field::baggage:
      break;
  }
  return from.baggage();
}

void set(context& to, context_field which, std::string value) {
  switch (which) {
    case context_field::tenant:
      to.tenant(std::move(value));
      return;
    case context_field::agent:
      to.agent(std::move(value));
      return;
    case context_field::conversation:
      to.conversation(std::move(value));
      return;
    case context_field::collection:
      to.collection(std::move(value));
      return;
    case context_field::request_id:
      to.request_id(std::move(value));
      return;
    case context_field::correlation_id:
      to.correlation_id(std::move(value));
      return;
    case context_field::traceparent:
      to.traceparent(std::move(value));
      return;
    case context_field::tracestate:
      to.tracestate(std::move(value));
      return;
    case context_field::baggage:
      to.baggage(std::move(value));
      return;
  }
}

}  // namespace enlace
