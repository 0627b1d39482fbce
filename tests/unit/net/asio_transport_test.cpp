// What the transport does with its connections, against a server of the test's own.

#include "net/asio_transport.hpp"

#include <atomic>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "net/timer_wheel.hpp"
#include "support/eventually.hpp"
#include "support/raw_server.hpp"

namespace enlace::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

class Transport : public testing::Test {
 protected:
  void use(pool_options options) { network.emplace(loop.get_executor(), wheel, std::make_shared<resolver>(), options); }
  void SetUp() override { use({}); }

  /// `count` exchanges at once.
  std::vector<incoming> exchange(const raw_server& with, std::size_t count = 1, duration within = 5s,
                                 std::string_view host = "127.0.0.1") {
    const result<url> at = url::parse(with.url());
    std::vector<incoming> answers(count);
    endpoint to;
    to.host = host;
    to.port = at->port();
    outgoing out;
    out.to = &to;
    out.method = "GET";
    out.target = "/";
    out.deadline = wheel->now() + within;
    out.connect_timeout = within;
    const headers none;
    out.fields = &none;
    out.authority = "127.0.0.1";
    for (incoming& each : answers) {
      asio::co_spawn(loop, network->exchange(out, each), [](std::exception_ptr raised) {
        if (raised) std::rethrow_exception(raised);
      });
    }
    loop.restart();
    loop.run();
    return answers;
  }

  asio::io_context loop{1};
  std::shared_ptr<timer_wheel> wheel = std::make_shared<timer_wheel>(loop.get_executor());
  std::optional<asio_transport> network;
};

TEST_F(Transport, UsesAConnectionAgain) {
  raw_server keeps([](raw_server::peer& p, int) {
    while (p.read_request()) p.send(ok);
  });
  EXPECT_FALSE(exchange(keeps).at(0).reused_connection);
  EXPECT_TRUE(exchange(keeps).at(0).reused_connection);
  EXPECT_EQ(keeps.connections, 1);
  EXPECT_EQ(network->idle_connections(), 1U);
}

TEST_F(Transport, CountsItsConnectionsForOthers) {
  const auto counted = std::make_shared<connection_register>();
  pool_options one;
  one.per_host = 1;
  network.emplace(loop.get_executor(), wheel, std::make_shared<resolver>(), one, counted);
  EXPECT_TRUE(counted->report().empty());
  std::atomic<bool> looked{false};
  raw_server keeps([&](raw_server::peer& p, int) {
    while (p.read_request()) {
      if (!looked.exchange(true)) {
        // One is on its way, the other two wait for it.
        EXPECT_TRUE(eventually([&] {
          const std::vector<connection_report> now = counted->report();
          return now.size() == 1 && now[0].active == 1 && now[0].waiting == 2;
        }));
      }
      p.send(ok);
    }
  });
  exchange(keeps, 3);
  const std::vector<connection_report> after = counted->report();
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].address, "127.0.0.1");
  EXPECT_EQ(after[0].idle, 1U);
  EXPECT_EQ(after[0].active, 0U);
  EXPECT_EQ(after[0].waiting, 0U);
  network->close_idle();
  EXPECT_EQ(counted->report().at(0).idle, 0U);
  network.reset();
  EXPECT_TRUE(counted->report().empty());
}

TEST_F(Transport, KeepsNoneWhenToldSo) {
  pool_options none;
  none.idle_limit = duration::zero();
  use(none);
  raw_server keeps([](raw_server::peer& p, int) {
    while (p.read_request()) p.send(ok);
  });
  exchange(keeps);
  exchange(keeps);
  EXPECT_EQ(keeps.connections, 2);
  EXPECT_EQ(network->open_connections(), 0U);
}

TEST_F(Transport, LooksANameUpAgainSoonWhenNobodyIsAtItsAddress) {
  std::atomic<bool> moved{false};
  std::atomic<int> looked_up{0};
  auto names = std::make_shared<resolver>([&](const std::string&) {
    ++looked_up;
    resolution found;
    found.addresses.push_back(asio::ip::make_address(moved ? "127.0.0.1" : "127.0.0.2"));
    return found;
  });
  network.emplace(loop.get_executor(), wheel, names, pool_options());
  raw_server here([](raw_server::peer& p, int) {
    while (p.read_request()) p.send(ok);
  });
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(exchange(here, 1, 5s, "upstream").at(0).failure, wire_failure::refused);
  moved = true;
  EXPECT_TRUE(eventually([&] { return exchange(here, 1, 5s, "upstream").at(0).status == 200; }));
  EXPECT_LT(std::chrono::steady_clock::now() - began, resolver::keep_answer);
  EXPECT_EQ(looked_up, 2) << "it is not asked for at each failure";
}

TEST_F(Transport, OpensNoMoreThanItsCap) {
  pool_options few;
  few.per_host = 2;
  use(few);
  raw_server keeps([](raw_server::peer& p, int) {
    while (p.read_request()) p.send(ok);
  });
  for (const incoming& each : exchange(keeps, 10)) EXPECT_EQ(each.status, 200);
  EXPECT_EQ(keeps.connections, 2);
}

TEST_F(Transport, ACallerThatGetsNoPlaceEndsByItsDeadline) {
  pool_options one;
  one.per_host = 1;
  use(one);
  raw_server hangs([](raw_server::peer& p, int) { p.linger(); });
  const std::vector<incoming> both = exchange(hangs, 2, 50ms);
  EXPECT_EQ(both[0].failure, wire_failure::timeout);
  EXPECT_NE(both[1].failure, wire_failure::none);
  EXPECT_EQ(network->open_connections(), 0U);
}

TEST_F(Transport, DoesNotReuseWhatTheServerCloses) {
  raw_server closes([](raw_server::peer& p, int) {
    if (p.read_request()) p.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
  });
  exchange(closes);
  EXPECT_EQ(network->idle_connections(), 0U);
}

TEST_F(Transport, DoesNotReuseWhatSaidMoreThanItsAnswer) {
  raw_server chatty([](raw_server::peer& p, int) {
    if (p.read_request()) p.send(std::string(ok) + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
    p.linger();
  });
  EXPECT_EQ(exchange(chatty).at(0).status, 200);
  EXPECT_EQ(network->idle_connections(), 0U);
}

TEST_F(Transport, LeavesNoPartOfABody) {
  constexpr std::string_view half = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
  raw_server hangs([half](raw_server::peer& p, int) {
    if (p.read_request()) p.send(half);
    p.linger();
  });
  const incoming late = exchange(hangs, 1, 100ms).at(0);
  EXPECT_EQ(late.failure, wire_failure::timeout);
  EXPECT_EQ(late.body, "");
}

TEST_F(Transport, NoticesThatAnIdleConnectionWasClosed) {
  raw_server once([](raw_server::peer& p, int) {
    if (p.read_request()) p.send(ok);
  });
  for (int i = 1; i <= 5; ++i) {
    EXPECT_EQ(exchange(once).at(0).failure, wire_failure::none);
    ASSERT_TRUE(eventually([&] { return once.closed == i; }));
  }
  EXPECT_EQ(once.connections, 5);
}

TEST_F(Transport, ClosesItsIdleConnections) {
  raw_server keeps([](raw_server::peer& p, int) {
    while (p.read_request()) p.send(ok);
  });
  exchange(keeps);
  network->close_idle();
  EXPECT_EQ(network->open_connections(), 0U);
}

}  // namespace
}  // namespace enlace::test
