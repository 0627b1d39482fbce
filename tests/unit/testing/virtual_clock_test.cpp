#include <chrono>
#include <vector>

#include <enlace/testing/virtual_clock.hpp>
#include <gtest/gtest.h>

namespace enlace::testing {
namespace {

using namespace std::chrono_literals;

class noted final : public waiter {
 public:
  noted(std::vector<int>& to, int name) : to_(to), name_(name) {}
  void on_due() noexcept override { to_.push_back(name_); }

 private:
  std::vector<int>& to_;
  int name_;
};

TEST(VirtualClock, JumpsFromWaiterToWaiterInOrder) {
  virtual_clock time;
  const time_point start = time.now();
  std::vector<int> fired;
  noted a(fired, 1), b(fired, 2), c(fired, 3);
  time.add(b, start + 2s);
  time.add(c, start + 2s);
  time.add(a, start + 1s);
  EXPECT_EQ(time.waiting(), 3U);
  EXPECT_TRUE(time.step());
  EXPECT_EQ(time.now(), start + 1s);
  EXPECT_FALSE(time.step(start + 1s));
  while (time.step()) {
  }
  EXPECT_EQ(fired, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(time.now(), start + 2s);
}

TEST(VirtualClock, RoundsUpToItsTick) {
  virtual_clock time(5ms);
  std::vector<int> fired;
  noted a(fired, 1), b(fired, 2), exact(fired, 3);
  const time_point start = time.now();
  time.add(a, start + 6ms);
  time.add(b, start + 10ms);
  time.add_exactly(exact, start + 7ms);
  time.step();
  EXPECT_EQ(time.now(), start + 7ms);
  time.step();
  EXPECT_EQ(time.now(), start + 10ms);
  time.step();
  EXPECT_EQ(time.now(), start + 10ms);
  EXPECT_EQ(fired, (std::vector<int>{3, 1, 2}));
}

TEST(VirtualClock, MovesAndForgetsWaiters) {
  virtual_clock time;
  std::vector<int> fired;
  noted a(fired, 1), b(fired, 2);
  time.add(a, time.now() + 1s);
  time.add(a, time.now() + 3s);
  time.add(b, time.now() + 2s);
  time.remove(b);
  time.remove(b);
  while (time.step()) {
  }
  EXPECT_EQ(fired, (std::vector<int>{1}));
}

TEST(VirtualClock, FiresLateAfterALeapAndKeepsTheWallClockApart) {
  virtual_clock time;
  const time_point start = time.now();
  const wall_time wall = time.wall_now();
  std::vector<int> fired;
  noted a(fired, 1);
  time.add(a, start + 1s);
  time.advance(10s);
  EXPECT_TRUE(time.step());
  EXPECT_EQ(time.now(), start + 10s);
  EXPECT_EQ(time.wall_now(), wall + 10s);
  time.set_wall_clock(-1h);
  EXPECT_EQ(time.wall_now(), wall + 10s - 1h);
  EXPECT_EQ(time.now(), start + 10s);
}

}  // namespace
}  // namespace enlace::testing
