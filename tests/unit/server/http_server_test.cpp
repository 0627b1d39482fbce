#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <enlace/result.hpp>
#include <enlace/server.hpp>
#include <gtest/gtest.h>

#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

using test::raw_client;

http_server::handler upstream_handler() { return bad_upstream::handler(std::make_shared<bad_upstream>()); }

TEST(HttpServer, RefusesOptionsThatCantWork) {
  boost::asio::io_context loop(1);
  const auto refused = [&](auto change) {
    server_options options;
    change(options);
    EXPECT_THROW(http_server(loop.get_executor(), "127.0.0.1", 0, upstream_handler(), options), failure);
  };
  refused([](server_options& o) { o.max_connections = 0; });
  refused([](server_options& o) { o.max_head_bytes = 0; });
  refused([](server_options& o) { o.request_timeout = duration(0); });
  refused([](server_options& o) { o.idle_timeout = duration(-1); });
  refused([](server_options& o) { o.stop_grace = duration(-1); });
  EXPECT_THROW(http_server(loop.get_executor(), "127.0.0.1", 0, http_server::handler()), failure);
}

TEST(HttpServer, MayDieBeforeItsLoopRuns) {
  boost::asio::io_context loop(1);
  {
    const http_server server(loop.get_executor(), "127.0.0.1", 0, upstream_handler());
  }
  loop.run();
}

TEST(HttpServer, MayDieAfterItsLoopRan) {
  boost::asio::io_context loop(1);
  http_server server(loop.get_executor(), "127.0.0.1", 0, upstream_handler());
  server.stop();
  loop.run();
}

TEST(HttpServer, KeepsItsHandlerUntilTheLastConnectionEnds) {
  auto upstream = std::make_shared<bad_upstream>();
  const std::weak_ptr<bad_upstream> watched = upstream;
  boost::asio::io_context loop(1);
  {
    http_server server(loop.get_executor(), "127.0.0.1", 0, bad_upstream::handler(upstream));
    raw_client client(server.port());
    client.get("/hang?key=k");
    while (upstream->count("k") == 0) loop.run_one();
  }
  upstream.reset();
  EXPECT_FALSE(watched.expired());
  loop.run();
  EXPECT_TRUE(watched.expired());
}

TEST(HttpServer, RunsOnAStrandOfManyThreads) {
  boost::asio::thread_pool pool(4);
  {
    http_server server(boost::asio::make_strand(pool.get_executor()), "127.0.0.1", 0, upstream_handler());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([port = server.port()] {
        for (int i = 0; i < 20; ++i) {
          raw_client client(port);
          for (int n = 0; n < 5; ++n) EXPECT_EQ(client.ask("/delay/1").status, 200);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  pool.join();
}

TEST(HttpServer, MayBeStoppedFromAnyThreadAnyNumberOfTimes) {
  test::test_upstream upstream;
  raw_client client(upstream.port());
  EXPECT_EQ(client.ask("/echo").status, 200);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&upstream] { upstream.server().stop(); });
  for (std::thread& thread : threads) thread.join();
  upstream.stop();
}

}  // namespace
}  // namespace enlace
