#include "config/built_in_operations.hpp"

#include <chrono>
#include <vector>

namespace enlace {

namespace {

using std::chrono::seconds;

constexpr bool yes = true;
constexpr bool no = false;

built_in_operation operation(std::string_view name, seconds timeout, bool idempotent, duration cache_ttl,
                             cache_scope scope = cache_scope()) {
  operation_settings values;
  values.timeout = timeout;
  values.idempotent = idempotent;
  values.cache_ttl = cache_ttl;
  values.use_cache = false;
  values.cache_scope = scope;
  values.vary.emplace();
  values.first_event_timeout = seconds(0);
  values.between_events_timeout = seconds(60);
  values.heartbeats = no;
  return {name, std::move(values)};
}

std::vector<built_in_operation> make_table() {
  // The same text has the same embedding, whoever of a tenant asks.
  const cache_scope tenant_only{cache_id::tenant};
  return {
      operation(default_operation, seconds(60), no, seconds(300)),
      operation("embedding", seconds(60), yes, seconds(86400), tenant_only),
      operation("embedding_generation", seconds(60), yes, seconds(86400), tenant_only),
      operation("rag_query", seconds(120), yes, seconds(3600)),
      operation("rag_search", seconds(20), yes, seconds(1800)),
      operation("llm_generation", seconds(120), yes, seconds(3600)),
      operation("agent_response", seconds(45), no, seconds(1800)),
      operation("agent_config", seconds(10), yes, seconds(300)),
      operation("batch_processing", seconds(120), no, seconds(3600)),
      operation("health_check", seconds(5), yes, seconds(60)),
      operation("llm_stream", seconds(300), no, never_cached),
  };
}

}  // namespace

std::span<const built_in_operation> built_in_operations() {
  static const std::vector<built_in_operation> table = make_table();
  return table;
}

const built_in_operation* find_built_in_operation(std::string_view name) {
  for (const built_in_operation& candidate : built_in_operations()) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

}  // namespace enlace
