#include "telemetry/telemetry.hpp"

#include <algorithm>

namespace enlace {

void telemetry::listen(std::shared_ptr<event_listener> who) {
  std::shared_ptr<const listeners> now = listeners_.load();
  std::shared_ptr<const listeners> next;
  do {
    auto made = std::make_shared<listeners>(*now);
    made->push_back(who);
    next = std::move(made);
  } while (!listeners_.compare_exchange_weak(now, next));
  listening_ = true;
}

void telemetry::forget(const event_listener& who) {
  std::shared_ptr<const listeners> now = listeners_.load();
  std::shared_ptr<const listeners> next;
  do {
    auto made = std::make_shared<listeners>(*now);
    std::erase_if(*made, [&who](const auto& each) { return each.get() == &who; });
    next = std::move(made);
  } while (!listeners_.compare_exchange_weak(now, next));
  listening_ = !next->empty();
}

void telemetry::attempt(const attempt_event& over) const noexcept {
  const std::shared_ptr<const listeners> all = listeners_.load();
  for (const auto& each : *all) each->on_attempt(over);
}

void telemetry::call(const call_event& over) const noexcept {
  const std::shared_ptr<const listeners> all = listeners_.load();
  for (const auto& each : *all) each->on_call(over);
}

}  // namespace enlace
