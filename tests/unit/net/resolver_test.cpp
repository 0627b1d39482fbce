#include "net/resolver.hpp"

#include <atomic>
#include <latch>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "net/timer_wheel.hpp"

namespace enlace {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class Resolver : public testing::Test {
 protected:
  void ask(resolver& names, std::string name, duration within = 5s) {
    asio::co_spawn(loop, names.resolve(std::move(name), *wheel, wheel->now() + within),
                   [this](std::exception_ptr, resolution found) { answers.push_back(std::move(found)); });
  }
  void run() {
    loop.restart();
    loop.run();
  }

  static resolution loopback() {
    resolution found;
    found.addresses.push_back(asio::ip::make_address("127.0.0.1"));
    return found;
  }

  asio::io_context loop{1};
  std::shared_ptr<timer_wheel> wheel = std::make_shared<timer_wheel>(loop.get_executor());
  std::vector<resolution> answers;
};

TEST_F(Resolver, OneLookUpServesAllWhoAsk) {
  std::atomic<int> looked_up{0};
  auto names = std::make_shared<resolver>([&looked_up](const std::string&) {
    ++looked_up;
    return loopback();
  });
  for (int i = 0; i < 10; ++i) ask(*names, "embedding-service");
  run();
  ask(*names, "embedding-service");
  run();
  ASSERT_EQ(answers.size(), 11U);
  for (const resolution& each : answers) EXPECT_EQ(each.addresses.size(), 1U);
  EXPECT_EQ(looked_up, 1);
}

TEST_F(Resolver, NamesAreKeptApart) {
  std::atomic<int> looked_up{0};
  auto names = std::make_shared<resolver>([&looked_up](const std::string&) {
    ++looked_up;
    return loopback();
  });
  ask(*names, "a");
  ask(*names, "b");
  run();
  EXPECT_EQ(looked_up, 2);
}

TEST_F(Resolver, AFailureSaysWhy) {
  auto names = std::make_shared<resolver>([](const std::string&) {
    resolution none;
    none.error = "no such name";
    return none;
  });
  ask(*names, "nowhere");
  run();
  EXPECT_TRUE(answers.at(0).addresses.empty());
  EXPECT_EQ(answers.at(0).error, "no such name");
}

TEST_F(Resolver, ALookUpThatHangsHoldsNobodyPastTheDeadline) {
  std::latch release(1);
  std::latch left(1);
  auto names = std::make_shared<resolver>([&](const std::string&) {
    release.wait();
    left.count_down();
    return loopback();
  });
  ask(*names, "slow", 20ms);
  run();
  EXPECT_TRUE(answers.at(0).addresses.empty());
  EXPECT_TRUE(answers.at(0).error.empty());
  release.count_down();
  left.wait();
}

TEST_F(Resolver, ANameNobodyWaitsForAnyMoreIsNotLookedUp) {
  std::latch release(1);
  std::latch left(8);
  std::atomic<bool> late_looked_up{false};
  auto names = std::make_shared<resolver>([&](const std::string& name) {
    if (name == "late") {
      late_looked_up = true;
      return loopback();
    }
    release.wait();
    left.count_down();
    return loopback();
  });
  for (int i = 0; i < 8; ++i) ask(*names, "hangs" + std::to_string(i), 50ms);
  ask(*names, "late", 20ms);
  run();
  release.count_down();
  left.wait();
  EXPECT_EQ(answers.size(), 9U);
  EXPECT_FALSE(late_looked_up);
}

TEST(SystemResolver, KnowsLocalhostAndNotWhatCannotBe) {
  EXPECT_FALSE(resolver::system_look_up("localhost").addresses.empty());
  const resolution none = resolver::system_look_up("no-such-name.invalid");
  EXPECT_TRUE(none.addresses.empty());
  EXPECT_FALSE(none.error.empty());
}

}  // namespace
}  // namespace enlace
