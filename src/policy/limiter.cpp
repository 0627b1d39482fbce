#include "policy/limiter.hpp"

namespace enlace {

std::optional<limiter::slot> limiter::enter() noexcept {
  int current = in_flight_.load(std::memory_order_relaxed);
  do {
    const int max = max_.load(std::memory_order_relaxed);
    if (max > 0 && current >= max) return std::nullopt;
  } while (!in_flight_.compare_exchange_weak(current, current + 1, std::memory_order_relaxed));
  return slot(*this);
}

std::optional<tenant_limiter::slot> tenant_limiter::enter(std::string_view tenant) {
  const int max = max_.load(std::memory_order_relaxed);
  if (max <= 0 || tenant.empty()) return slot(nullptr, nullptr);
  const std::lock_guard lock(mutex_);
  auto found = in_flight_.find(tenant);
  if (found == in_flight_.end()) found = in_flight_.emplace(tenant, 0).first;
  if (found->second >= max) return std::nullopt;
  ++found->second;
  return slot(this, &*found);
}

int tenant_limiter::in_flight(std::string_view tenant) const {
  const std::lock_guard lock(mutex_);
  const auto found = in_flight_.find(tenant);
  return found == in_flight_.end() ? 0 : found->second;
}

std::size_t tenant_limiter::tenants() const {
  const std::lock_guard lock(mutex_);
  return in_flight_.size();
}

std::vector<std::pair<std::string, int>> tenant_limiter::busy(int at_least) const {
  std::vector<std::pair<std::string, int>> made;
  const std::lock_guard lock(mutex_);
  for (const auto& entry : in_flight_) {
    if (entry.second >= at_least) made.emplace_back(entry);
  }
  return made;
}

void tenant_limiter::leave(table::value_type& entry) noexcept {
  const std::lock_guard lock(mutex_);
  if (--entry.second == 0) in_flight_.erase(in_flight_.find(entry.first));
}

}  // namespace enlace
