#include "context/tenant.hpp"

#include <boost/json/serialize.hpp>

namespace enlace {
namespace {

constexpr std::string_view tenant_key = "tenant_id";

bool is_tenant(const json::value& named, std::string_view tenant) {
  if (named.is_null()) return true;
  if (const json::string* text = named.if_string()) return text->empty() || std::string_view(*text) == tenant;
  return named.is_number() && json::serialize(named) == tenant;
}

}  // namespace

result<void> check_tenant(const json::value& data, std::string_view tenant) {
  const json::object* members = tenant.empty() ? nullptr : data.if_object();
  const json::value* named = members == nullptr ? nullptr : members->if_contains(tenant_key);
  if (named == nullptr || is_tenant(*named, tenant)) return {};
  return error(error_code::tenant_isolation_breach, "tenant_id in data contradicts the tenant of the call",
               object("tenant", tenant, "field", tenant_key));
}

void add_tenant(json::value& data, std::string_view tenant) {
  if (json::object* members = data.if_object(); members != nullptr && !tenant.empty()) {
    members->emplace(tenant_key, tenant);
  }
}

}  // namespace enlace
