#include <sys/stat.h>

#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <enlace/result.hpp>
#include <enlace/server.hpp>
#include <enlace/url.hpp>
#include <gtest/gtest.h>

#include "support/process.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

using test::raw_client;
using test::temporary_folder;
using test::test_upstream;

std::string refusal_of(std::string_view address, std::uint16_t port = 0) {
  boost::asio::io_context loop(1);
  try {
    const http_server server(loop.get_executor(), address, port,
                             bad_upstream::handler(std::make_shared<bad_upstream>()));
    return "";
  } catch (const failure& refused) {
    EXPECT_EQ(refused.error().code, error_code::configuration_error);
    return refused.what();
  }
}

TEST(Listen, TakesAFreePortAndTellsIt) {
  const test_upstream one;
  const test_upstream two;
  EXPECT_NE(one.port(), 0);
  EXPECT_NE(one.port(), two.port());
  EXPECT_EQ(one.url("/x"), "http://127.0.0.1:" + std::to_string(one.port()) + "/x");
}

TEST(Listen, UnderstandsLocalhostAndIpv6) {
  EXPECT_TRUE(test_upstream({}, "localhost").url().starts_with("http://127.0.0.1:"));
  const std::string six = refusal_of("::1");
  if (!six.empty()) GTEST_SKIP() << six;
  EXPECT_TRUE(test_upstream({}, "::1").url().starts_with("http://[::1]:"));
}

TEST(Listen, RefusesWhatIsNoAddressOrTaken) {
  EXPECT_NE(refusal_of("example.com").find("neither an IP address"), std::string::npos);
  EXPECT_NE(refusal_of("").find("neither an IP address"), std::string::npos);
  const test_upstream taken;
  EXPECT_NE(refusal_of("127.0.0.1", taken.port()).find("in use"), std::string::npos);
}

TEST(Listen, ServesOnAUnixSocketAndRemovesItAfterwards) {
  const temporary_folder folder;
  const std::string path = folder.file("a socket");
  {
    test_upstream upstream({}, "unix:" + path);
    EXPECT_EQ(upstream.port(), 0);
    EXPECT_EQ(upstream.url("/echo"), "http+unix://" + percent_encode(path) + "/echo");
    EXPECT_EQ(raw_client(path).ask("/echo").status, 200);
    raw_client reset(path);
    reset.get("/reset");
    EXPECT_NE(reset.read_answer().failure, wire_failure::none);
  }
  struct stat left{};
  EXPECT_NE(::stat(path.c_str(), &left), 0);
}

TEST(Listen, ReplacesADeadUnixSocketAlone) {
  const temporary_folder folder;
  const std::string path = folder.file("socket");
  {
    boost::asio::io_context loop(1);
    const boost::asio::local::stream_protocol::acceptor dead(loop, boost::asio::local::stream_protocol::endpoint(path));
  }
  test_upstream upstream({}, "unix:" + path);
  EXPECT_EQ(raw_client(path).ask("/echo").status, 200);
  EXPECT_NE(refusal_of("unix:" + path).find("in use"), std::string::npos);
  EXPECT_EQ(raw_client(path).ask("/echo").status, 200);

  const std::string file = folder.write("file", "precious");
  EXPECT_NE(refusal_of("unix:" + file), "");
  EXPECT_NE(refusal_of("unix:"), "");
  EXPECT_NE(refusal_of("unix:/" + std::string(200, 'x')), "");
}

}  // namespace
}  // namespace enlace
