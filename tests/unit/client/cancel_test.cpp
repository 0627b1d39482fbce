#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include "pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

void cancel_at(duration when) {
  pipeline p;
  p.script = {scripted_answer(503).with("Retry-After", "2").after(1s)};
  p.otherwise = scripted_answer(200).after(1s);
  auto call = p.start(get(here));
  p.run_for(when);
  ASSERT_FALSE(call->answer.has_value());
  call->cancel.emit(boost::asio::cancellation_type::terminal);
  const time_point cancelled = p.time->now();
  p.run();
  ASSERT_TRUE(call->answer.has_value());
  EXPECT_EQ(call->answer->error().code, error_code::cancelled);
  EXPECT_EQ(call->ended, cancelled);
  EXPECT_EQ(p.time->waiting(), 0U);
  EXPECT_EQ(p.wire->in_flight, 0);
  // Nothing is kept: the next call goes through.
  EXPECT_TRUE(p.call(get(here)).success());
}

TEST(Cancel, InTheFirstAttempt) { cancel_at(500ms); }
TEST(Cancel, InTheBackOff) { cancel_at(1500ms); }
TEST(Cancel, InTheSecondAttempt) { cancel_at(3500ms); }

TEST(Cancel, BeforeTheCallBeginsSendsNothing) {
  pipeline p;
  boost::asio::cancellation_signal cancel;
  std::optional<reply> answer;
  boost::asio::co_spawn(
      p.loop,
      [](client& caller) -> boost::asio::awaitable<reply> {
        co_await boost::asio::this_coro::throw_if_cancelled(false);
        boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
        // The signal takes a turn of the loop, too.
        for (int turn = 0; turn < 5; ++turn) co_await boost::asio::post(executor, boost::asio::deferred);
        reply got = co_await caller.call(get(here));
        co_return got;
      }(*p.caller),
      boost::asio::bind_cancellation_slot(cancel.slot(),
                                          [&answer](std::exception_ptr, reply r) { answer = std::move(r); }));
  p.loop.poll_one();
  cancel.emit(boost::asio::cancellation_type::terminal);
  p.run();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->error().code, error_code::cancelled);
  EXPECT_TRUE(p.sent().empty());
}

TEST(Cancel, LeavesThrowIfCancelledAsItWas) {
  for (const bool throws : {true, false}) {
    pipeline p;
    bool after = !throws;
    boost::asio::co_spawn(
        p.loop,
        [](client& caller, bool set, bool& seen) -> boost::asio::awaitable<void> {
          co_await boost::asio::this_coro::throw_if_cancelled(set);
          const reply got = co_await caller.call(get(here));
          seen = co_await boost::asio::this_coro::throw_if_cancelled();
        }(*p.caller, throws, after),
        boost::asio::detached);
    p.run();
    EXPECT_EQ(after, throws);
  }
}

TEST(Cancel, ALoopThatEndsTakesItsCallsAlong) {
  // What a sanitizer would tell: nothing leaks, nothing is touched after its end.
  for (const duration when : {0ms, 500ms, 1500ms}) {
    pipeline p;
    p.script = {scripted_answer(503).with("Retry-After", "2").after(1s)};
    p.otherwise.after(1s);
    p.start(get(here));
    p.start(get(here).use_cache().cache_ttl(1s));
    p.start(get(here).use_cache().cache_ttl(1s));
    p.run_for(when);
  }
}

TEST(Cancel, AClientMayEndBeforeItsCalls) {
  pipeline p;
  p.otherwise.after(1s);
  auto call = p.start(get(here));
  p.run_for(100ms);
  p.caller.reset();
  p.run();
  EXPECT_TRUE(call->answer->success());
}

}  // namespace
}  // namespace enlace::test
