#include "net/signal.hpp"

#include <optional>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> wait_for(signal& woken, int& passed) {
  co_await woken.async_wait(asio::deferred);
  ++passed;
}

/// Tells that a coroutine's frame is gone.
class tell_tale {
 public:
  explicit tell_tale(bool& gone) : gone_(gone) {}
  tell_tale(const tell_tale&) = delete;
  tell_tale& operator=(const tell_tale&) = delete;
  ~tell_tale() { gone_ = true; }

 private:
  bool& gone_;
};

TEST(Signal, WakesWhoWaits) {
  asio::io_context loop{1};
  signal woken;
  int passed = 0;
  asio::co_spawn(loop, wait_for(woken, passed), asio::detached);
  loop.poll();
  EXPECT_EQ(passed, 0);
  woken.fire();
  woken.fire();
  loop.restart();
  loop.run();
  EXPECT_EQ(passed, 1);
}

TEST(Signal, RemembersThatItFired) {
  asio::io_context loop{1};
  signal woken;
  int passed = 0;
  woken.fire();
  asio::co_spawn(loop, wait_for(woken, passed), asio::detached);
  loop.run();
  EXPECT_EQ(passed, 1);
}

TEST(Signal, ACancellationWakesToo) {
  asio::io_context loop{1};
  signal woken;
  int passed = 0;
  asio::cancellation_signal cancel;
  asio::co_spawn(loop, wait_for(woken, passed), asio::bind_cancellation_slot(cancel.slot(), asio::detached));
  loop.poll();
  cancel.emit(asio::cancellation_type::terminal);
  loop.restart();
  loop.run();
  EXPECT_TRUE(woken.fired());
}

TEST(Signal, MayBeFiredByAnotherThread) {
  for (int i = 0; i < 200; ++i) {
    asio::io_context loop{1};
    auto work = asio::make_work_guard(loop);
    signal woken;
    int passed = 0;
    asio::co_spawn(loop, wait_for(woken, passed), [&work](std::exception_ptr) { work.reset(); });
    std::thread fires([&woken] { woken.fire(); });
    loop.run();
    fires.join();
    EXPECT_EQ(passed, 1);
  }
}

asio::awaitable<void> sleep_for_ever(std::shared_ptr<signal> woken, bool& gone) {
  const tell_tale tells(gone);
  co_await woken->async_wait(asio::deferred);
}

TEST(Signal, ALoopThatEndsTakesItsSleepersAlong) {
  auto woken = std::make_shared<signal>();
  bool gone = false;
  {
    asio::io_context loop{1};
    asio::co_spawn(loop, sleep_for_ever(woken, gone), asio::detached);
    loop.poll();
    EXPECT_FALSE(gone);
  }
  EXPECT_TRUE(gone);
  woken->fire();  // too late, and no harm
}

asio::awaitable<void> fire_at_the_end(std::shared_ptr<signal> mine, std::shared_ptr<signal> other) {
  struct fires {
    signal& what;
    ~fires() { what.fire(); }
  };
  const fires at_the_end{*other};
  co_await mine->async_wait(asio::deferred);
}

// Failed once: the list deleted the sleepers that each coroutine's end then woke.
TEST(Signal, SleepersThatWakeEachOtherEndWithTheirLoop) {
  auto a = std::make_shared<signal>();
  auto b = std::make_shared<signal>();
  {
    asio::io_context loop{1};
    asio::co_spawn(loop, fire_at_the_end(a, b), asio::detached);
    asio::co_spawn(loop, fire_at_the_end(b, a), asio::detached);
    loop.poll();
  }
  EXPECT_TRUE(a->fired());
  EXPECT_TRUE(b->fired());
}

}  // namespace
}  // namespace enlace
