#include <algorithm>
#include <utility>

#include <enlace/context.hpp>

namespace enlace {
namespace {

void take(std::optional<std::string>& into, const std::optional<std::string>& ambient) {
  if (!into) into = ambient;
}

}  // namespace

context& context::tenant(std::string id) & {
  tenant_ = std::move(id);
  return *this;
}

context&& context::tenant(std::string id) && { return std::move(tenant(std::move(id))); }

context& context::agent(std::string id) & {
  agent_ = std::move(id);
  return *this;
}

context&& context::agent(std::string id) && { return std::move(agent(std::move(id))); }

context& context::conversation(std::string id) & {
  conversation_ = std::move(id);
  return *this;
}

context&& context::conversation(std::string id) && { return std::move(conversation(std::move(id))); }

context& context::collection(std::string id) & {
  collection_ = std::move(id);
  return *this;
}

context&& context::collection(std::string id) && { return std::move(collection(std::move(id))); }

context& context::request_id(std::string id) & {
  request_id_ = std::move(id);
  return *this;
}

context&& context::request_id(std::string id) && { return std::move(request_id(std::move(id))); }

context& context::correlation_id(std::string id) & {
  correlation_id_ = std::move(id);
  return *this;
}

context&& context::correlation_id(std::string id) && { return std::move(correlation_id(std::move(id))); }

context& context::traceparent(std::string value) & {
  traceparent_ = std::move(value);
  return *this;
}

context&& context::traceparent(std::string value) && { return std::move(traceparent(std::move(value))); }

context& context::tracestate(std::string value) & {
  tracestate_ = std::move(value);
  return *this;
}

context&& context::tracestate(std::string value) && { return std::move(tracestate(std::move(value))); }

context& context::baggage(std::string value) & {
  baggage_ = std::move(value);
  return *this;
}

context&& context::baggage(std::string value) && { return std::move(baggage(std::move(value))); }

context& context::deadline(time_point when) & {
  deadline_ = when;
  return *this;
}

context&& context::deadline(time_point when) && { return std::move(deadline(when)); }

context context::over(const context& ambient) const {
  context merged = *this;
  take(merged.tenant_, ambient.tenant_);
  take(merged.agent_, ambient.agent_);
  take(merged.conversation_, ambient.conversation_);
  take(merged.collection_, ambient.collection_);
  take(merged.request_id_, ambient.request_id_);
  take(merged.correlation_id_, ambient.correlation_id_);
  // A tracestate says something of its own traceparent only (W3C Trace Context, 3.3).
  if (!traceparent_) take(merged.tracestate_, ambient.tracestate_);
  take(merged.traceparent_, ambient.traceparent_);
  take(merged.baggage_, ambient.baggage_);
  if (ambient.deadline_) merged.deadline_ = deadline_ ? std::min(*deadline_, *ambient.deadline_) : *ambient.deadline_;
  return merged;
}

}  // namespace enlace
