// Loops and threads together: the runtime, the blocking functions, and what all loops of a process share.

#include <atomic>
#include <future>
#include <latch>
#include <set>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/blocking.hpp>
#include <enlace/call_service.hpp>
#include <gtest/gtest.h>

#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

options made(settings values) { return options::make(std::move(values)).value(); }

/// Calls from `threads` threads at once, `each` a thread.
template <class Call>
void from_threads(std::size_t threads, const Call& call) {
  std::latch together(static_cast<std::ptrdiff_t>(threads));
  std::vector<std::jthread> callers;
  for (std::size_t i = 0; i < threads; ++i) {
    callers.emplace_back([&together, &call, i] {
      together.arrive_and_wait();
      call(i);
    });
  }
}

TEST(RuntimeThreads, SubmitsFromManyThreadsAndCompletesOnTheLoops) {
  test_upstream upstream;
  runtime shared(made(settings()), 2);
  constexpr int total = 200;
  std::atomic<int> succeeded{0};
  std::latch done(total);
  from_threads(4, [&](std::size_t) {
    for (int i = 0; i < total / 4; ++i) {
      shared.submit(get(upstream.url("/echo")), context(), [&](const reply& r) {
        succeeded += r.success() ? 1 : 0;
        done.count_down();
      });
    }
  });
  done.wait();
  EXPECT_EQ(succeeded, total);
}

TEST(RuntimeThreads, CallsInFlightAreAnsweredWhenTheRuntimeEnds) {
  test_upstream upstream;
  std::atomic<int> answered{0};
  constexpr int total = 20;
  {
    runtime shared(made(settings()), 2);
    for (int i = 0; i < total; ++i) {
      shared.submit(get(upstream.url("/hang")), context(),
                    [&answered](const reply& r) { answered += r.success() ? 0 : 1; });
    }
  }
  EXPECT_EQ(answered, total);
}

TEST(BlockingThreads, CallsFromManyThreads) {
  test_upstream upstream;
  blocking::client caller(made(settings()), 2);
  std::atomic<int> succeeded{0};
  from_threads(4, [&](std::size_t) {
    for (int i = 0; i < 25; ++i) succeeded += caller.call(get(upstream.url("/echo"))).success() ? 1 : 0;
  });
  EXPECT_EQ(succeeded, 100);
}

TEST(BlockingThreads, OneFlightServesTheThreadsOfAllLoops) {
  test_upstream upstream;
  settings values;
  blocking::client caller(made(std::move(values)), 2);
  std::atomic<int> succeeded{0};
  from_threads(8, [&](std::size_t) {
    succeeded += caller.call(get(upstream.url("/delay/100?key=shared")).use_cache().cache_ttl(60s)).success() ? 1 : 0;
  });
  EXPECT_EQ(succeeded, 8);
  EXPECT_EQ(upstream.count("shared"), 1U);
}

TEST(BlockingThreads, TheBreakerIsOneForAllLoops) {
  test_upstream upstream;
  settings values;
  values.services["sick"].hosts = {"127.0.0.1:" + std::to_string(upstream.port())};
  blocking::client caller(made(std::move(values)), 4);
  std::atomic<int> rejected{0};
  from_threads(4, [&](std::size_t) {
    for (int i = 0; i < 50; ++i) {
      const reply r = caller.call(post(upstream.url("/status/500?key=sick")));
      rejected += !r.success() && r.call().attempts == 0 ? 1 : 0;
    }
  });
  EXPECT_GT(rejected, 0);
  EXPECT_LT(upstream.count("sick"), 200U);
}

TEST(BlockingThreads, AReloadDuringCallsLosesNone) {
  test_upstream upstream;
  settings values;
  runtime shared(made(values), 2);
  std::atomic<bool> stop{false};
  std::jthread reloads([&] {
    while (!stop) {
      shared.at(0).reload(made(values));
      std::this_thread::sleep_for(1ms);
    }
  });
  std::atomic<int> succeeded{0};
  std::latch done(200);
  for (int i = 0; i < 200; ++i) {
    shared.submit(get(upstream.url("/echo")), context(), [&](const reply& r) {
      succeeded += r.success() ? 1 : 0;
      done.count_down();
    });
  }
  done.wait();
  stop = true;
  EXPECT_EQ(succeeded, 200);
}

TEST(ProcessClient, ServesCoroutinesOfManyThreads) {
  test_upstream upstream;
  std::atomic<int> succeeded{0};
  from_threads(4, [&](std::size_t) {
    boost::asio::io_context loop{1};
    for (int i = 0; i < 10; ++i) {
      boost::asio::co_spawn(loop, call_service(get(upstream.url("/echo"))),
                            [&](std::exception_ptr, const reply& r) { succeeded += r.success() ? 1 : 0; });
    }
    loop.run();
  });
  EXPECT_EQ(succeeded, 40);
}

}  // namespace
}  // namespace enlace::test
