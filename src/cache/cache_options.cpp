#include <enlace/cache_options.hpp>

namespace enlace {

namespace {

constexpr cache_id all_ids[] = {cache_id::tenant, cache_id::agent, cache_id::conversation, cache_id::collection};

}  // namespace

std::string_view name_of(cache_id id) noexcept {
  switch (id) {
    case cache_id::tenant:
      return "tenant";
    case cache_id::agent:
      return "agent";
    case cache_id::conversation:
      return "conversation";
    case cache_id::collection:
      return "collection";
  }
  return {};
}

std::optional<cache_id> cache_id_named(std::string_view name) noexcept {
  for (const cache_id id : all_ids) {
    if (name_of(id) == name) return id;
  }
  return std::nullopt;
}

}  // namespace enlace
