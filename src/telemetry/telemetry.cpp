#include "telemetry/telemetry.hpp"

#include <algorithm>

namespace enlace {

void telemetry::listen(std::shared_ptr<event_listener> who, interest in) {
  const std::lock_guard lock(changing_);
  listeners next = *listeners_.load();
  next.push_back({std::move(who), in});
  use(std::move(next));
}

void telemetry::forget(const event_listener& who) {
  const std::lock_guard lock(changing_);
  listeners next = *listeners_.load();
  std::erase_if(next, [&who](const listener& each) { return each.who.get() == &who; });
  use(std::move(next));
}

void telemetry::use(listeners next) {
  listening_to_all_ =
      std::any_of(next.begin(), next.end(), [](const listener& each) { return each.in == interest::all; });
  listening_ = !next.empty();
  listeners_ = std::make_shared<const listeners>(std::move(next));
}

void telemetry::attempt(const attempt_event& over) const noexcept {
  const std::shared_ptr<const listeners> all = listeners_.load();
  for (const listener& each : *all) each.who->on_attempt(over);
}

void telemetry::call(const call_event& over) const noexcept {
  const std::shared_ptr<const listeners> all = listeners_.load();
  for (const listener& each : *all) each.who->on_call(over);
}

}  // namespace enlace
