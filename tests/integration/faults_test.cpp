// The real client over real sockets against servers that break every rule: one definite reply, by the deadline,
// nothing leaked, nothing reused, nothing run twice.

#include <gtest/gtest.h>

#include "support/call_on_loop.hpp"
#include "support/raw_server.hpp"
#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

struct fault {
  const char* path;
  error_code code;
};

TEST(Faults, EachGivesOneReplyByTheDeadlineAndLeaksNothing) {
  const std::vector<fault> faults{
      {"/hang", error_code::timeout_error},
      {"/drip?bytes=1000&interval_ms=20", error_code::timeout_error},
      {"/reset", error_code::communication_error},
      {"/truncate", error_code::communication_error},
      {"/truncate?framing=chunked", error_code::communication_error},
      {"/garbage", error_code::external_api_error},
      {"/bomb", error_code::external_api_error},
      {"/endless-head", error_code::external_api_error},
      {"/two-lengths", error_code::external_api_error},
      {"/bad-chunk", error_code::external_api_error},
  };
  test_upstream upstream;
  settings values;
  values.services["bad"].hosts = {"127.0.0.1"};
  values.services["bad"].breaker.consecutive_failures = 0;
  values.services["bad"].breaker.min_calls = 1'000'000;
  loop_client c(std::move(values));
  std::size_t before = 0;
  for (int round = 0; round < 3; ++round) {
    for (const fault& each : faults) {
      const std::string key = std::string(each.path) + std::to_string(round);
      const std::string url = upstream.url(each.path) + (key.find('?') == std::string::npos ? "?" : "&") +
                              "key=" + std::to_string(round) + each.path[1] + each.path[2];
      const reply r = c.call(post(url).data(object("charge", 1)).timeout(300ms));
      ASSERT_FALSE(r.success()) << each.path;
      EXPECT_EQ(r.error().code, each.code) << each.path << ": " << r.error().message;
      EXPECT_EQ(r.call().attempts, 1) << each.path;
      EXPECT_LT(r.call().elapsed, 2s) << each.path;
    }
    EXPECT_TRUE(c.call(get(upstream.url("/echo"))).success());
    c.caller.close_idle();
    if (round == 0) before = open_descriptors();
  }
  EXPECT_LE(open_descriptors(), before + 2);
}

TEST(Faults, APostIsNeverSentTwiceOnceItMayHaveArrived) {
  raw_server server([](raw_server::peer& peer, int number) {
    // Answers the first, and closes right after it has read the second: the worst moment of a kept connection.
    if (number != 1) return peer.linger();
    peer.read_request();
    peer.send(ok);
    peer.read_request();
  });
  loop_client c;
  EXPECT_TRUE(c.call(post(server.url()).data(object("a", 1))).success());
  const reply r = c.call(post(server.url()).data(object("a", 1)).timeout(1s));
  EXPECT_EQ(r.error().code, error_code::communication_error);
  EXPECT_EQ(r.error().details.at("stopped_by"), "not_idempotent");
  EXPECT_EQ(server.connections, 1);
  EXPECT_EQ(server.requests, 2);
}

TEST(Faults, AConnectionThatThePeerHasClosedIsNotUsed) {
  raw_server server([](raw_server::peer& peer, int) {
    if (peer.read_request()) peer.send(ok);
  });
  loop_client c;
  for (int i = 1; i <= 5; ++i) {
    EXPECT_TRUE(c.call(post(server.url())).success());
    // The end must have arrived: the next call looks at the socket, not at the clock.
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(server.connections, 5);
  EXPECT_EQ(server.requests, 5);
}

TEST(Faults, AKeptConnectionServesManyCalls) {
  raw_server server([](raw_server::peer& peer, int) {
    while (peer.read_request()) peer.send(ok);
  });
  loop_client c;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(c.call(post(server.url())).success());
  EXPECT_EQ(server.connections, 1);
}

TEST(Faults, WhatComesBehindAnAnswerSpoilsTheConnection) {
  raw_server server([](raw_server::peer& peer, int) {
    while (peer.read_request()) peer.send(std::string(ok) + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
  });
  loop_client c;
  for (int i = 0; i < 3; ++i) {
    const reply r = c.call(get(server.url()));
    ASSERT_TRUE(r.success());
    EXPECT_TRUE(r.data().is_object());
  }
  EXPECT_EQ(server.connections, 3);
}

TEST(Faults, InterimAnswersArePassedOver) {
  raw_server server([](raw_server::peer& peer, int) {
    while (peer.read_request()) {
      peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
      peer.send(ok);
    }
  });
  loop_client c;
  EXPECT_TRUE(c.call(get(server.url())).success());
}

TEST(Faults, AnEarlyAnswerToALargeUploadIsHeard) {
  raw_server server([](raw_server::peer& peer, int) {
    peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    peer.linger();
  });
  loop_client c;
  const reply r = c.call(post(server.url()).body(std::string(8U << 20, 'x'), "text/plain").timeout(3s));
  EXPECT_EQ(r.call().status, 413);
}

TEST(Faults, ACloseDelimitedBodyIsWhole) {
  raw_server server([](raw_server::peer& peer, int) {
    peer.read_request();
    peer.send("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it");
  });
  loop_client c;
  const reply r = c.call(get(server.url()));
  ASSERT_TRUE(r.success());
  EXPECT_EQ(r.data().at("text"), "all of it");
}

TEST(Faults, AClosedPortIsRefusedFiveTimesThenLeftAlone) {
  loop_client c;
  int refused = 0;
  for (int i = 0; i < 40; ++i) {
    const reply r = c.call(get("http://127.0.0.1:1/").max_attempts(1));
    const json::value* why = r.error().details.if_contains("error");
    refused += why != nullptr && *why == "refused" ? 1 : 0;
  }
  EXPECT_EQ(refused, 5);
}

TEST(Faults, AUnixSocketServesToo) {
  const std::string path = "/tmp/enlace-test-" + std::to_string(::getpid()) + ".sock";
  test_server server(
      [](const server_request&, responder& out) -> boost::asio::awaitable<void> {
        co_await out.send(200, "text/plain", "through a file");
      },
      {}, "unix:" + path);
  loop_client c;
  const reply r = c.call(get(server.url("/x")));
  ASSERT_TRUE(r.success()) << r.error().message;
  EXPECT_EQ(r.data().at("text"), "through a file");
  EXPECT_EQ(c.call(get("http+unix://%2Fnowhere.sock/")).error().details.at("error"), "refused");
}

}  // namespace
}  // namespace enlace::test
