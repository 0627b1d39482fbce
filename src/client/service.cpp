#include "client/service.hpp"

namespace enlace {

namespace {

void lead(breaker& one, breaker_override how) {
  switch (how) {
    case breaker_override::automatic:
      one.automatic();
      break;
    case breaker_override::force_open:
      one.force_open();
      break;
    case breaker_override::force_closed:
      one.force_closed();
      break;
    case breaker_override::observe:
      one.observe();
      break;
  }
}

}  // namespace

service::service(std::string name, const profile& rules, std::uint64_t seed)
    : name_(std::move(name)),
      seed_(seed),
      budget_(rules.retry),
      in_flight_(rules.max_in_flight),
      breaker_options_(rules.breaker) {}

breaker& service::breaker_for(const profile& rules) {
  const std::lock_guard lock(mutex_);
  auto& slot = breakers_[rules.breaker_per_operation ? rules.operation : std::string()];
  if (slot == nullptr) {
    slot = std::make_unique<breaker>(breaker_options_, seed_ + breakers_.size());
    lead(*slot, override_);
  }
  return *slot;
}

void service::reconfigure(const profile& rules) {
  budget_.reconfigure(rules.retry);
  in_flight_.resize(rules.max_in_flight);
  const std::lock_guard lock(mutex_);
  breaker_options_ = rules.breaker;
  for (auto& entry : breakers_) entry.second->reconfigure(rules.breaker);
}

void service::override_breakers(breaker_override how) {
  const std::lock_guard lock(mutex_);
  override_ = how;
  for (auto& entry : breakers_) lead(*entry.second, how);
}

breaker_override service::led() {
  const std::lock_guard lock(mutex_);
  return override_;
}

void service::report(std::vector<breaker_report>& to, time_point now) {
  const std::lock_guard lock(mutex_);
  for (auto& entry : breakers_) {
    const breaker_snapshot seen = entry.second->snapshot(now);
    breaker_report& made = to.emplace_back();
    made.service = name_;
    made.operation = entry.first;
    made.state = seen.state;
    made.attempts = seen.window.calls;
    made.failures = seen.window.failures;
    made.slow = seen.window.slow;
    made.rejected = seen.rejected;
    made.opened = seen.opened;
    made.half_opened = seen.half_opened;
    made.closed = seen.closed;
    made.retry_after = seen.retry_after;
  }
}

bool service::idle(time_point now) {
  if (in_flight_.in_flight() != 0) return false;
  const std::lock_guard lock(mutex_);
  for (auto& entry : breakers_) {
    if (entry.second->state(now) != breaker_state::closed) return false;
  }
  return override_ == breaker_override::automatic;
}

}  // namespace enlace
