#pragma once

#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include "policy/breaker.hpp"

namespace enlace {

using namespace std::chrono_literals;
using enum breaker_state;

inline constexpr time_point start{std::chrono::hours(1)};

class Breaker : public testing::Test {
 protected:
  permit admitted() {
    admission answer = b.admit(now);
    EXPECT_TRUE(answer);
    return answer.take();
  }
  void succeed(int times = 1, duration elapsed = 1ms) {
    for (int i = 0; i < times; ++i) admitted().success(now, elapsed);
  }
  void fail(int times = 1) {
    for (int i = 0; i < times; ++i) admitted().failure(now, 1ms);
  }
  void open() {
    fail(5);
    ASSERT_EQ(b.state(now), breaker_state::open);
  }
  /// To the moment at which an open breaker lets probes through.
  void cool_down() {
    now += std::chrono::ceil<std::chrono::milliseconds>(b.snapshot(now).retry_after.value());
    ASSERT_EQ(b.state(now), half_open);
  }
  breaker_options with(int consecutive, duration slow_after = 0s) {
    breaker_options options;
    options.consecutive_failures = consecutive;
    options.slow_after = slow_after;
    return options;
  }

  time_point now = start;
  breaker b{breaker_options(), 1};
};

}  // namespace enlace
