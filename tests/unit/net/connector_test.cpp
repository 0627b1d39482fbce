#include "net/connector.hpp"

#include <sys/socket.h>

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "net/timer_wheel.hpp"

namespace enlace {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using addresses = std::vector<asio::ip::address>;

asio::ip::address at(const char* text) { return asio::ip::make_address(text); }

TEST(Interleave, FamiliesTakeTurnsAsRanked) {
  EXPECT_EQ(interleave({at("::1"), at("::2"), at("10.0.0.1"), at("10.0.0.2"), at("10.0.0.3")}),
            (addresses{at("::1"), at("10.0.0.1"), at("::2"), at("10.0.0.2"), at("10.0.0.3")}));
  EXPECT_EQ(interleave({at("10.0.0.1"), at("::1")}), (addresses{at("10.0.0.1"), at("::1")}));
  EXPECT_EQ(interleave({}), addresses());
}

class Connector : public testing::Test {
 protected:
  connected connect(addresses to, std::uint16_t at_port, duration within = 5s) {
    std::optional<connected> made;
    asio::co_spawn(loop, run(std::move(to), at_port, within, made), [](std::exception_ptr raised) {
      if (raised) std::rethrow_exception(raised);
    });
    loop.restart();
    loop.run();
    return std::move(made).value();
  }
  asio::awaitable<void> run(addresses to, std::uint16_t at_port, duration within, std::optional<connected>& made) {
    made.emplace(co_await connect_any(std::move(to), at_port, loop.get_executor(), *wheel, wheel->now() + within));
  }

  asio::io_context loop{1};
  std::shared_ptr<timer_wheel> wheel = std::make_shared<timer_wheel>(loop.get_executor());
  asio::ip::tcp::acceptor listener{loop, {at("127.0.0.1"), 0}};
  std::uint16_t port = listener.local_endpoint().port();
};

TEST_F(Connector, ConnectsToWhatListens) {
  const connected made = connect({at("127.0.0.1")}, port);
  EXPECT_TRUE(made.socket.is_open());
  EXPECT_FALSE(made.failed);
}

TEST_F(Connector, GoesOnToTheNextAddressAtOnce) {
  const auto begun = std::chrono::steady_clock::now();
  const connected made = connect({at("127.0.0.2"), at("127.0.0.3"), at("127.0.0.1")}, port);
  EXPECT_TRUE(made.socket.is_open());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 2s);
}

TEST_F(Connector, SaysWhyNoneAccepted) {
  listener.close();
  const connected none = connect({at("127.0.0.1"), at("127.0.0.2")}, port);
  EXPECT_FALSE(none.timed_out);
  EXPECT_EQ(none.failed, asio::error::connection_refused);
}

TEST_F(Connector, EndsByItsDeadline) {
  // Its queue is full, so that it answers no further connection.
  asio::ip::tcp::acceptor full(loop, asio::ip::tcp::v4());
  full.bind({at("127.0.0.1"), 0});
  full.listen(0);
  std::vector<asio::ip::tcp::socket> fill;
  for (int i = 0; i < 4; ++i) {
    fill.emplace_back(loop, asio::ip::tcp::v4());
    fill.back().native_non_blocking(true);
    const asio::ip::tcp::endpoint to = full.local_endpoint();
    ::connect(fill.back().native_handle(), to.data(), static_cast<socklen_t>(to.size()));  // and no wait for the answer
  }
  const connected none = connect({at("127.0.0.1")}, full.local_endpoint().port(), 100ms);
  EXPECT_TRUE(none.timed_out || none.socket.is_open());
}

}  // namespace
}  // namespace enlace
