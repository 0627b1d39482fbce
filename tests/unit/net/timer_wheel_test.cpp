#include "net/timer_wheel.hpp"

#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

class noted final : public waiter {
 public:
  noted(std::vector<int>& order, int name) : order_(order), name_(name) {}
  void on_due() noexcept override { order_.push_back(name_); }

 private:
  std::vector<int>& order_;
  int name_;
};

class TimerWheel : public testing::Test {
 protected:
  boost::asio::io_context loop{1};
  std::shared_ptr<timer_wheel> wheel = std::make_shared<timer_wheel>(loop.get_executor());
  std::vector<int> order;
};

TEST_F(TimerWheel, FiresEachOnceAndLetsTheLoopEnd) {
  noted first(order, 1);
  noted second(order, 2);
  const time_point begun = wheel->now();
  wheel->add(second, begun + 40ms);
  wheel->add(first, begun + 10ms);
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  EXPECT_GE(wheel->now(), begun + 40ms);
  EXPECT_FALSE(first.waiting());
}

TEST_F(TimerWheel, FiresNobodyEarly) {
  noted one(order, 1);
  const time_point due = wheel->now() + 23ms;
  wheel->add(one, due);
  loop.run();
  EXPECT_GE(wheel->now(), due);
}

TEST_F(TimerWheel, FiresWhatIsOverdueAlready) {
  noted one(order, 1);
  wheel->add(one, wheel->now() - 1h);
  loop.run();
  EXPECT_EQ(order.size(), 1U);
}

TEST_F(TimerWheel, ForgetsWhatIsRemoved) {
  noted gone(order, 1);
  noted stays(order, 2);
  wheel->add(gone, wheel->now() + 5ms);
  wheel->add(stays, wheel->now() + 10ms);
  wheel->remove(gone);
  wheel->remove(gone);
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{2}));
}

TEST_F(TimerWheel, AWaiterThatIsAddedAgainIsMoved) {
  noted moved(order, 1);
  wheel->add(moved, wheel->now() + 1h);
  wheel->add(moved, wheel->now() + 5ms);
  loop.run();
  EXPECT_EQ(order.size(), 1U);
}

// The wheel has 1,024 slots of 5 ms: what is due a round later lies in the same slot.
TEST_F(TimerWheel, LeavesALaterRoundAlone) {
  noted soon(order, 1);
  noted a_round_later(order, 2);
  const time_point due = wheel->now() + 10ms;
  wheel->add(a_round_later, due + 1024 * timer_wheel::tick);
  wheel->add(soon, due);
  loop.run_for(100ms);
  EXPECT_EQ(order, (std::vector<int>{1}));
  EXPECT_TRUE(a_round_later.waiting());
  wheel->remove(a_round_later);
}

TEST_F(TimerWheel, OneMayAddAndRemoveOthersWhileItFires) {
  class meddler final : public waiter {
   public:
    meddler(clock& from, waiter& remove, waiter& add) : from_(from), remove_(remove), add_(add) {}
    void on_due() noexcept override {
      from_.remove(remove_);
      from_.add(add_, from_.now() + 5ms);
    }

   private:
    clock& from_;
    waiter& remove_;
    waiter& add_;
  };
  noted removed(order, 1);
  noted added(order, 2);
  meddler meddles(*wheel, removed, added);
  const time_point due = wheel->now() + 10ms;
  wheel->add(meddles, due);
  wheel->add(removed, due);
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{2}));
}

TEST_F(TimerWheel, TicksNoMoreAfterAllWereRemoved) {
  noted one(order, 1);
  wheel->add(one, wheel->now() + 1h);
  wheel->remove(one);
  loop.run_for(2s);
  EXPECT_TRUE(loop.stopped());
}

}  // namespace
}  // namespace enlace
