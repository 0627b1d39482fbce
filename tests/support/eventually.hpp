#pragma once

#include <chrono>
#include <thread>

namespace enlace::test {

/// Whether it comes true within ten seconds; for what another thread does. Looks every millisecond.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace enlace::test
