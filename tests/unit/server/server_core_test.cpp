#include "server/server_core.hpp"

#include <sys/resource.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <enlace/responder.hpp>
#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"
#include "unit/server/open_descriptors.hpp"

namespace enlace {
namespace {

using std::chrono::milliseconds;
using test::eventually;
using test::open_descriptors;
using test::raw_client;
using test::test_server;

boost::asio::awaitable<void> answer_ok(const server_request&, responder& out) {
  co_await out.send(200, "text/plain", "ok");
}

/// Answers when told to; knows how it ended.
struct gate {
  std::atomic<int> waiting = 0;
  std::atomic<int> cancelled = 0;
  std::atomic<bool> open = false;

  boost::asio::awaitable<void> answer(responder& out) {
    ++waiting;
    try {
      bool there = true;
      while (there && !open) there = co_await out.wait(milliseconds(2));
    } catch (...) {
      ++cancelled;
      throw;
    }
    co_await out.send(200, "text/plain", "late");
  }
};

http_server::handler through(std::shared_ptr<gate> g) {
  return [g = std::move(g)](const server_request&, responder& out) { return g->answer(out); };
}

void until(const std::atomic<int>& number, int wanted) {
  ASSERT_TRUE(eventually([&] { return number.load() == wanted; }));
}

TEST(ServerCore, ServesAThousandConnectionsAndGivesAllDescriptorsBack) {
  rlimit most{};
  ::getrlimit(RLIMIT_NOFILE, &most);
  most.rlim_cur = most.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &most);
  if (most.rlim_cur < 2200) GTEST_SKIP() << "only " << most.rlim_cur << " descriptors";
  const std::size_t before = open_descriptors();
  {
    test_server server(answer_ok);
    std::vector<raw_client> clients;
    for (int i = 0; i < 1000; ++i) clients.emplace_back(server.port());
    for (int round = 0; round < 2; ++round) {
      for (raw_client& client : clients) client.get("/");
      for (raw_client& client : clients) ASSERT_EQ(client.read_answer().body, "ok");
    }
    EXPECT_EQ(server.server().connections(), 1000U);
    clients.clear();
    EXPECT_TRUE(eventually([&] { return server.server().connections() == 0; }));
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST(ServerCore, LetsClientsBeyondTheLimitWait) {
  server_options options;
  options.max_connections = 2;
  test_server server(answer_ok, options);
  raw_client one(server.port());
  raw_client two(server.port());
  EXPECT_EQ(one.ask("/").status, 200);
  EXPECT_EQ(two.ask("/").status, 200);
  raw_client three(server.port());
  three.get("/");
  EXPECT_FALSE(three.readable_within(milliseconds(30)));
  EXPECT_EQ(server.server().connections(), 2U);
  one.close();
  EXPECT_EQ(three.read_answer().status, 200);
}

TEST(ServerCore, StopsAtOnceWhenNothingIsInFlight) {
  test_server server(answer_ok);
  raw_client idle(server.port());
  EXPECT_EQ(idle.ask("/").status, 200);
  server.stop();
  EXPECT_EQ(idle.read_to_end(), raw_client::ending::closed);
  EXPECT_THROW(raw_client{server.port()}, std::runtime_error);
  EXPECT_EQ(server.server().connections(), 0U);
  server.server().stop();
}

TEST(ServerCore, LetsRequestsInFlightEndWhenItStops) {
  const auto g = std::make_shared<gate>();
  test_server server(through(g));
  raw_client busy(server.port());
  busy.get("/");
  until(g->waiting, 1);
  server.server().stop();
  const auto refuses = [&] {
    try {
      const raw_client refused(server.port());
      return false;
    } catch (const std::runtime_error&) {
      return true;
    }
  };
  EXPECT_TRUE(eventually(refuses));
  EXPECT_FALSE(busy.readable_within(milliseconds(20)));
  g->open = true;
  const incoming answer = busy.read_answer();
  EXPECT_EQ(answer.body, "late");
  EXPECT_EQ(answer.headers.get("Connection"), "close");
  EXPECT_EQ(busy.read_to_end(), raw_client::ending::closed);
}

TEST(ServerCore, CancelsRequestsInFlightAfterTheGrace) {
  const auto g = std::make_shared<gate>();
  server_options options;
  options.stop_grace = milliseconds(30);
  test_server server(through(g), options);
  std::vector<raw_client> busy;
  for (int i = 0; i < 20; ++i) {
    busy.emplace_back(server.port());
    busy.back().get("/");
  }
  until(g->waiting, 20);
  server.stop();
  for (raw_client& client : busy) EXPECT_EQ(client.read_to_end(), raw_client::ending::closed);
  EXPECT_EQ(server.server().connections(), 0U);
}

TEST(ServerCore, CancelsWhatItsHandlersWaitFor) {
  const auto waiting = std::make_shared<std::atomic<int>>(0);
  const auto cancelled = std::make_shared<std::atomic<int>>(0);
  struct sleeper {
    static boost::asio::awaitable<void> sleep(std::shared_ptr<std::atomic<int>> started,
                                              std::shared_ptr<std::atomic<int>> ended) {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
      ++*started;
      try {
        co_await timer.async_wait(boost::asio::use_awaitable);
      } catch (...) {
        ++*ended;
        throw;
      }
    }
  };
  std::vector<raw_client> clients;
  {
    test_server server([=](const server_request&, responder&) { return sleeper::sleep(waiting, cancelled); });
    for (int i = 0; i < 10; ++i) {
      clients.emplace_back(server.port());
      clients.back().get("/");
    }
    until(*waiting, 10);
  }
  EXPECT_EQ(cancelled->load(), 10);
}

TEST(ServerCore, BreaksAnAnswerUnderWayWhenItIsDestroyed) {
  std::optional<test::test_upstream> upstream(std::in_place);
  raw_client stream(upstream->port());
  stream.get("/sse?events=1000000&interval_ms=1");
  stream.read_until("\"n\":3");
  raw_client hang(upstream->port());
  hang.get("/hang?key=h");
  ASSERT_TRUE(eventually([&] { return upstream->count("h") == 1; }));
  upstream.reset();
  EXPECT_EQ(stream.read_to_end(), raw_client::ending::closed);
  EXPECT_EQ(hang.read_to_end(), raw_client::ending::closed);
}

TEST(ServerCore, FreesAllWhenItsLoopIsDestroyedInTheMiddle) {
  const std::size_t before = open_descriptors();
  std::vector<raw_client> clients;
  {
    boost::asio::io_context loop(1);
    const auto upstream = std::make_shared<bad_upstream>();
    http_server server(loop.get_executor(), "127.0.0.1", 0, bad_upstream::handler(upstream));
    for (const char* target : {"/hang?key=a", "/sse?interval_ms=10000&key=a", "/delay/100000?key=a", "/echo?key=a"}) {
      clients.emplace_back(server.port());
      clients.back().get(target);
    }
    clients.emplace_back(server.port());
    clients.back().send("GET / HTT");
    while (upstream->count("a") != 4) loop.run_one();
  }
  EXPECT_EQ(open_descriptors(), before + clients.size());
}

}  // namespace
}  // namespace enlace
