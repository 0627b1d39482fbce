#include "telemetry/tenant_metrics.hpp"

#include <algorithm>

namespace enlace {

tenant_metrics::counts& tenant_metrics::of(std::string_view tenant, std::size_t most) {
  {
    const std::shared_lock lock(mutex_);
    const auto known = tenants_.find(tenant);
    if (known != tenants_.end()) return *known->second;
  }
  const std::lock_guard lock(mutex_);
  if (const auto known = tenants_.find(tenant); known != tenants_.end()) return *known->second;
  const std::string name(tenants_.size() < most ? tenant : other_series);
  std::unique_ptr<counts>& slot = tenants_[name];
  if (slot == nullptr) slot = std::make_unique<counts>();
  return *slot;
}

void tenant_metrics::call(const call_event& over, std::size_t most) {
  if (over.tenant.empty()) return;
  counts& its = of(over.tenant, most);
  const service_metrics::outcome how = outcome_of(over);
  its.calls[static_cast<std::size_t>(how)].fetch_add(1, std::memory_order_relaxed);
  if (how != service_metrics::outcome::rejected) its.durations.record(over.elapsed);
}

void tenant_metrics::append_to(std::vector<metric>& all) const {
  const std::shared_lock lock(mutex_);
  for (const auto& [name, its] : tenants_) {
    for (std::size_t i = 0; i < outcome_count; ++i) {
      add_point(metric_named(all, "enlace.tenant.calls", "{call}", "Calls of tenants, by how they ended.",
                             metric_kind::counter),
                {{"tenant", name}, {"outcome", std::string(name_of(static_cast<service_metrics::outcome>(i)))}},
                static_cast<double>(its->calls[i].load(std::memory_order_relaxed)));
    }
    add_point(metric_named(all, "enlace.tenant.call.duration", "s", "Duration of the calls of tenants.",
                           metric_kind::histogram),
              {{"tenant", name}}, its->durations.snapshot());
  }
}

}  // namespace enlace
