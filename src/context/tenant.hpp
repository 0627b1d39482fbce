#pragma once

#include <string_view>

#include <enlace/json.hpp>

namespace enlace {

/// Refuses data that names another tenant than the call's. Looks at the member `tenant_id` of an object, at the top
/// level only: `tenant` alone may mean anything, and what lies deeper is the services' own. Null and "" name none; a
/// number counts as its text. `tenant` is the effective one: "" (a call without tenant) allows everything.
/// Errors: TENANT_ISOLATION_BREACH. Its details name the call's tenant, not the other one.
[[nodiscard]] result<void> check_tenant(const json::value& data, std::string_view tenant);

/// Gives an object the member `tenant_id` if it has none and `tenant` is not "". For `tenant_in_body`, internal POSTs.
void add_tenant(json::value& data, std::string_view tenant);

}  // namespace enlace
