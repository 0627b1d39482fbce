// Streams of several threads on the loops of one runtime.
#include <atomic>
#include <thread>
#include <vector>

#include <enlace/ambient.hpp>
#include <enlace/blocking.hpp>
#include <gtest/gtest.h>

#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

TEST(BlockingStreams, OfSeveralThreadsKeepApart) {
  test_upstream upstream;
  blocking::client c(options(), 2);
  std::atomic<int> whole{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 5; ++round) {
        const int count = 1 + (t + round) % 7;
        int seen = 0;
        blocking::stream events = c.stream(get(upstream.url("/sse?interval_ms=0&events=" + std::to_string(count))));
        for (const stream_event& event : events) {
          ++seen;
          EXPECT_EQ(event.id, std::to_string(seen));
        }
        if (seen == count && events.ended() == stream_end::finished) ++whole;
        // One that is left early.
        blocking::stream dropped = c.stream(get(upstream.url("/stall?events=1")));
        EXPECT_NE(dropped.next(), nullptr);
      }
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(whole, 20);
}

TEST(BlockingStreams, AreMadeUnderTheContextOfTheirThread) {
  test_upstream upstream;
  blocking::client c;
  std::optional<blocking::stream> echoed;
  {
    const context_scope scope(context().tenant("acme"));
    echoed.emplace(c.stream(post(upstream.url("/echo"))));
  }
  const reply seen = echoed->collect();
  ASSERT_TRUE(seen.success());
  EXPECT_EQ(seen.data().at("headers").at("x-tenant-id"), "acme");
}

TEST(BlockingStreams, CanBeMovedBetweenEvents) {
  test_upstream upstream;
  blocking::client c;
  blocking::stream first = c.stream(get(upstream.url("/sse?events=3&interval_ms=0")));
  ASSERT_NE(first.next(), nullptr);
  blocking::stream second = std::move(first);
  EXPECT_NE(second.next(), nullptr);
  second = c.stream(get(upstream.url("/sse?events=1&interval_ms=0")));
  ASSERT_NE(second.next(), nullptr);
  EXPECT_EQ(second.next(), nullptr);
  EXPECT_EQ(second.ended(), stream_end::finished);
}

}  // namespace
}  // namespace enlace::test
