// Many calls at once, cancellation on real sockets, and loops that end too early.

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include "support/call_on_loop.hpp"
#include "support/eventually.hpp"
#include "support/raw_server.hpp"
#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

TEST(Load, ThousandsInFlightShareFewConnections) {
  test_upstream upstream;
  settings values;
  values.client.connections_per_host = 32;
  values.limits.max_in_flight = 0;
  loop_client c(std::move(values));
  int succeeded = 0;
  for (int i = 0; i < 2000; ++i) {
    boost::asio::co_spawn(c.loop, c.caller.call(get(upstream.url("/delay/1")).timeout(30s)),
                          [&succeeded](std::exception_ptr, reply r) { succeeded += r.success() ? 1 : 0; });
  }
  c.loop.run();
  EXPECT_EQ(succeeded, 2000);
}

TEST(Load, ACallThatGetsNoConnectionEndsByItsDeadline) {
  test_upstream upstream;
  settings values;
  values.client.connections_per_host = 1;
  loop_client c(std::move(values));
  std::optional<reply> waits;
  boost::asio::co_spawn(c.loop, c.caller.call(post(upstream.url("/delay/600"))), [](std::exception_ptr, reply) {});
  boost::asio::co_spawn(c.loop, c.caller.call(post(upstream.url("/echo")).timeout(100ms)),
                        [&waits](std::exception_ptr, reply r) { waits = std::move(r); });
  c.loop.run();
  EXPECT_EQ(waits->error().code, error_code::service_unavailable);
  EXPECT_LT(waits->call().elapsed, 500ms);
}

TEST(Load, CancellationIsPromptAndGivesTheConnectionUp) {
  test_upstream upstream;
  loop_client c;
  const std::size_t before = open_descriptors();
  for (const auto when : {0ms, 1ms, 20ms}) {
    boost::asio::cancellation_signal cancel;
    std::optional<reply> answer;
    std::chrono::steady_clock::time_point fired{};
    std::chrono::steady_clock::time_point ended{};
    boost::asio::co_spawn(c.loop, c.caller.call(get(upstream.url("/hang"))),
                          boost::asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr, reply r) {
                            answer = std::move(r);
                            ended = std::chrono::steady_clock::now();
                          }));
    boost::asio::steady_timer timer(c.loop, when);
    timer.async_wait([&](const boost::system::error_code&) {
      fired = std::chrono::steady_clock::now();
      cancel.emit(boost::asio::cancellation_type::terminal);
    });
    c.loop.restart();
    c.loop.run();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->error().code, error_code::cancelled);
    EXPECT_LT(ended - fired, 1s);
  }
  c.caller.close_idle();
  EXPECT_TRUE(eventually([&] { return upstream.server().connections() == 0; }));
  EXPECT_LE(open_descriptors(), before + 1);
}

TEST(Load, ALoopThatEndsTakesItsCallsAlong) {
  test_upstream upstream;
  for (const auto when : {0ms, 5ms, 50ms}) {
    loop_client c;
    for (const char* path : {"/hang", "/delay/500", "/flaky?fail=9", "/drip?bytes=100&interval_ms=10"}) {
      boost::asio::co_spawn(c.loop, c.caller.call(get(upstream.url(path)).use_cache().cache_ttl(1s)),
                            [](std::exception_ptr, reply) {});
      boost::asio::co_spawn(c.loop, c.caller.call(get(upstream.url(path)).use_cache().cache_ttl(1s)),
                            [](std::exception_ptr, reply) {});
    }
    c.loop.run_for(when);
  }
  EXPECT_TRUE(eventually([&] { return upstream.server().connections() == 0; }));
}

TEST(Load, TheLoopEndsSoonAfterItsLastCall) {
  test_upstream upstream;
  loop_client c;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(c.call(get(upstream.url("/echo")).timeout(60s)).success());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

}  // namespace
}  // namespace enlace::test
