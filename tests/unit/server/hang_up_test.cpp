// Handlers that are cancelled when their client hangs up.
#include <atomic>
#include <memory>
#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/responder.hpp>
#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

namespace asio = boost::asio;
using test::eventually;
using test::raw_client;
using test::test_server;

/// What became of the handlers.
class sleepers {
 public:
  std::atomic<int> begun = 0;
  std::atomic<int> cancelled = 0;
  std::atomic<int> woken = 0;
  std::atomic<bool> wake = false;
};

class HangUp : public testing::Test {
 protected:
  /// Sleeps until it is woken, and looks at no socket: `/watch` has it watched. `/quick` is watched, and answers at
  /// once; `/reset` breaks its connection and goes on.
  asio::awaitable<void> act(const server_request& request, responder& out) {
    const std::string_view path = request.path();
    if (path != "/sleep") out.cancel_on_hang_up();
    if (path == "/twice") out.cancel_on_hang_up();
    if (path == "/reset") out.reset();
    if (path == "/quick") {
      co_await out.send(200, "text/plain", "quick");
      co_return;
    }
    ++seen_.begun;
    try {
      co_await sleep();
    } catch (...) {
      ++seen_.cancelled;
      throw;
    }
    ++seen_.woken;
    co_await out.send(200, "text/plain", "slept");
  }

  asio::awaitable<void> sleep() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (!seen_.wake) {
      timer.expires_after(std::chrono::milliseconds(1));
      co_await timer.async_wait(asio::deferred);
    }
  }

  http_server::handler handler() {
    return [this](const server_request& request, responder& out) { return act(request, out); };
  }
  bool sleeps(int count) {
    return eventually([&] { return seen_.begun == count; });
  }
  bool cancelled(int count) {
    return eventually([&] { return seen_.cancelled == count; });
  }
  bool alone(test_server& server) {
    return eventually([&] { return server.server().connections() == 0; });
  }

  sleepers seen_;
  test_server server_{handler()};
};

TEST_F(HangUp, CancelsAHandlerThatWaitsForSomethingElse) {
  raw_client finishes(server_.port());
  raw_client resets(server_.port());
  raw_client shuts(server_.port());
  finishes.get("/watch");
  resets.get("/twice");
  shuts.get("/watch");
  ASSERT_TRUE(sleeps(3));
  EXPECT_EQ(seen_.cancelled, 0);
  finishes.close();
  EXPECT_TRUE(cancelled(1));
  resets.reset();
  EXPECT_TRUE(cancelled(2));
  shuts.shut();
  EXPECT_TRUE(cancelled(3));
  EXPECT_TRUE(alone(server_));
  EXPECT_EQ(seen_.woken, 0);
}

TEST_F(HangUp, CancelsOneWhoseClientLeftBefore) {
  for (int i = 1; i <= 20; ++i) {
    raw_client client(server_.port());
    client.get("/watch");
    i % 2 == 0 ? client.reset() : client.close();
  }
  // One that resets may take its request along.
  EXPECT_TRUE(eventually([&] { return seen_.begun >= 10 && seen_.cancelled == seen_.begun; }));
  EXPECT_TRUE(alone(server_));
}

TEST_F(HangUp, LeavesAHandlerAloneThatDidNotAsk) {
  raw_client watched(server_.port());
  raw_client unwatched(server_.port());
  raw_client breaks(server_.port());
  unwatched.get("/sleep");
  breaks.get("/reset");
  ASSERT_TRUE(sleeps(2));
  watched.get("/watch");
  ASSERT_TRUE(sleeps(3));
  unwatched.close();
  watched.close();
  EXPECT_TRUE(cancelled(1));
  seen_.wake = true;
  EXPECT_TRUE(eventually([&] { return seen_.woken == 2; }));
  EXPECT_TRUE(alone(server_));
  EXPECT_EQ(seen_.cancelled, 1);
}

TEST_F(HangUp, ServesFurtherRequestsOnTheConnection) {
  raw_client client(server_.port());
  for (int i = 0; i < 10; ++i) ASSERT_EQ(client.ask("/quick").body, "quick");
  // The watch of an earlier request is still there; this one's client leaves without a word of it.
  client.get("/sleep");
  ASSERT_TRUE(sleeps(1));
  client.close();
  raw_client other(server_.port());
  EXPECT_EQ(other.ask("/quick").body, "quick");
  other.get("/watch");
  ASSERT_TRUE(sleeps(2));
  other.close();
  EXPECT_TRUE(cancelled(1));
  seen_.wake = true;
  EXPECT_TRUE(eventually([&] { return seen_.woken == 1; }));
  EXPECT_TRUE(alone(server_));
}

TEST_F(HangUp, EndsAnIdleConnectionAfterAWatchedRequest) {
  raw_client client(server_.port());
  EXPECT_EQ(client.ask("/quick").body, "quick");
  client.close();
  EXPECT_TRUE(alone(server_));
}

TEST_F(HangUp, ServesPipelinedRequests) {
  raw_client client(server_.port());
  std::string many;
  for (int i = 0; i < 500; ++i) many += "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(many);
  for (int i = 0; i < 500; ++i) ASSERT_EQ(client.read_answer().body, "quick");

  client.get("/watch");
  ASSERT_TRUE(sleeps(1));
  client.get("/quick");
  seen_.wake = true;
  EXPECT_EQ(client.read_answer().body, "slept");
  EXPECT_EQ(client.read_answer().body, "quick");
}

TEST_F(HangUp, WatchesBehindRequestsThatCameAlong) {
  raw_client client(server_.port());
  client.send(
      "GET /watch HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(sleeps(1));
  client.close();
  EXPECT_TRUE(cancelled(1));
}

TEST_F(HangUp, WatchesUnixSockets) {
  const test::temporary_folder folder;
  const std::string path = folder.file("socket");
  test_server server(handler(), {}, "unix:" + path);
  raw_client client(path);
  EXPECT_EQ(client.ask("/quick").body, "quick");
  client.get("/watch");
  ASSERT_TRUE(sleeps(1));
  client.close();
  EXPECT_TRUE(cancelled(1));
  EXPECT_TRUE(alone(server));
}

TEST_F(HangUp, StopsInTheMiddle) {
  server_options options;
  options.stop_grace = std::chrono::milliseconds(10);
  test_server server(handler(), options);
  raw_client idle(server.port());
  EXPECT_EQ(idle.ask("/quick").body, "quick");
  raw_client client(server.port());
  client.get("/watch");
  ASSERT_TRUE(sleeps(1));
  server.stop();
  EXPECT_EQ(seen_.cancelled, 1);
  EXPECT_EQ(server.server().connections(), 0U);
}

}  // namespace
}  // namespace enlace
