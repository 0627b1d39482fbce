#include "client/core.hpp"

#include <algorithm>
#include <random>
#include <tuple>

namespace enlace {

std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32U) | device();
}

std::shared_ptr<client_core> make_core(options configuration, std::optional<std::uint64_t> seed) {
  return std::make_shared<client_core>(std::move(configuration), seed ? *seed : random_seed());
}

client_core::client_core(options configuration, std::uint64_t seed)
    : configuration_(std::make_shared<const options>(std::move(configuration))),
      seed_(seed),
      answers_(configuration_->values().cache),
      tenants_(configuration_->values().limits.tenant_in_flight),
      names_(std::make_shared<resolver>()) {}

std::shared_ptr<const options> client_core::configuration() const {
  const std::lock_guard lock(mutex_);
  return configuration_;
}

void client_core::reload(options configuration) {
  auto fresh = std::make_shared<const options>(std::move(configuration));
  const std::lock_guard lock(mutex_);
  tenants_.resize(fresh->values().limits.tenant_in_flight);
  configuration_ = std::move(fresh);
  generation_.fetch_add(1, std::memory_order_acq_rel);
}

std::shared_ptr<service> client_core::service_for(const profile& rules, time_point now) {
  const std::lock_guard lock(mutex_);
  auto& slot = services_[rules.service];
  if (slot != nullptr) {
    slot->reconfigure(rules);
    return slot;
  }
  slot = std::make_shared<service>(rules.service, rules, ++seed_);
  std::shared_ptr<service> made = slot;
  if (services_.size() > services_most) {
    std::erase_if(services_,
                  [&](const auto& entry) { return entry.second.use_count() == 1 && entry.second->idle(now); });
  }
  return made;
}

std::vector<breaker_report> client_core::breakers(time_point now) const {
  std::vector<breaker_report> all;
  const std::lock_guard lock(mutex_);
  for (const auto& entry : services_) entry.second->report(all, now);
  std::sort(all.begin(), all.end(), [](const breaker_report& a, const breaker_report& b) {
    return std::tie(a.service, a.operation) < std::tie(b.service, b.operation);
  });
  return all;
}

std::vector<service_report> client_core::services(time_point now) const {
  std::vector<service_report> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& entry : services_) {
      service& one = *entry.second;
      service_report& made = all.emplace_back();
      made.name = entry.first;
      one.report(made.breakers, now);
      made.led = one.led();
      made.budget = one.budget().left(now);
      made.budget_limit = one.budget().limit();
      made.in_flight = one.in_flight().in_flight();
      made.in_flight_limit = one.in_flight().limit();
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

std::vector<tenant_report> client_core::tenants_under_pressure() const {
  std::vector<tenant_report> all;
  const int limit = tenants_.limit();
  if (limit <= 0) return all;
  for (auto& [tenant, in_flight] : tenants_.busy((limit + 1) / 2)) all.push_back({tenant, in_flight, limit});
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.in_flight > b.in_flight; });
  return all;
}

bool client_core::override_breaker(std::string_view name, breaker_override how) {
  const std::lock_guard lock(mutex_);
  const auto found = services_.find(std::string(name));
  if (found == services_.end()) return false;
  found->second->override_breakers(how);
  return true;
}

void client_core::exports(std::weak_ptr<const otlp_exporter> by) {
  const std::lock_guard lock(mutex_);
  std::erase_if(exporters_, [](const auto& each) { return each.expired(); });
  exporters_.push_back(std::move(by));
}

std::vector<std::shared_ptr<const otlp_exporter>> client_core::exporters() const {
  std::vector<std::shared_ptr<const otlp_exporter>> all;
  const std::lock_guard lock(mutex_);
  for (const auto& each : exporters_) {
    if (auto one = each.lock()) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace enlace
