#include "server/server_connection.hpp"

#include <string>

#include <boost/asio/this_coro.hpp>
#include <boost/json/parse.hpp>
#include <enlace/ambient.hpp>
#include <enlace/responder.hpp>
#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

using test::eventually;
using test::raw_client;
using test::test_server;

boost::asio::awaitable<void> echo_target(const server_request& request, responder& out) {
  const std::string body = request.method() + ' ' + request.target() + ' ' + request.body();
  co_await out.send(200, "text/plain", body);
}

json::object error_of(const incoming& answer) {
  const json::value body = json::parse(answer.body);
  EXPECT_FALSE(body.at("success").as_bool());
  EXPECT_TRUE(body.at("data").is_null());
  EXPECT_EQ(body.at("message"), body.at("error").at("message"));
  return body.at("error").as_object();
}

TEST(ServerConnection, AnswersOneRequestAfterAnother) {
  test_server server(echo_target);
  raw_client client(server.port());
  EXPECT_EQ(client.ask("/1").body, "GET /1 ");
  client.send("POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(client.read_answer().body, "POST /2 hello");
  EXPECT_EQ(client.ask("/3").body, "GET /3 ");
  EXPECT_EQ(server.server().connections(), 1U);
}

TEST(ServerConnection, AnswersPipelinedRequestsInOrder) {
  test_server server(echo_target);
  raw_client client(server.port());
  std::string all;
  for (int i = 0; i < 500; ++i) {
    all +=
        "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
  }
  client.send(all);
  for (int i = 0; i < 500; ++i) ASSERT_EQ(client.read_answer().body, "POST /" + std::to_string(i) + " hi");
}

TEST(ServerConnection, TakesARequestByteByByte) {
  test_server server(echo_target);
  raw_client client(server.port());
  for (const char c : std::string("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")) {
    client.send(std::string_view(&c, 1));
  }
  EXPECT_EQ(client.read_answer().body, "POST /slow hi");
}

TEST(ServerConnection, TakesABigBody) {
  test_server server(echo_target);
  raw_client client(server.port());
  const std::string big(5'000'000, 'b');
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(big.size()) + "\r\n\r\n" + big);
  EXPECT_EQ(client.read_answer().body, "POST / " + big);
}

TEST(ServerConnection, ClosesWhenTheClientSaysSo) {
  test_server server(echo_target);
  raw_client client(server.port());
  client.get("/", "Connection: close\r\n");
  const incoming answer = client.read_answer();
  EXPECT_EQ(answer.headers.get("Connection"), "close");
  EXPECT_EQ(client.read_to_end(), raw_client::ending::closed);
}

TEST(ServerConnection, SpeaksHttp10) {
  test_server server(echo_target);
  {
    raw_client client(server.port());
    client.send("GET /old HTTP/1.0\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "GET /old ");
    EXPECT_EQ(client.read_to_end(), raw_client::ending::closed);
  }
  raw_client client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const incoming answer = client.read_answer();
    EXPECT_EQ(answer.body, "GET /old ");
    EXPECT_EQ(answer.headers.get("Connection"), "keep-alive");
  }
}

TEST(ServerConnection, BidsTheBodyToContinue) {
  test_server server(echo_target);
  raw_client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hi");
  EXPECT_EQ(client.read_answer().body, "POST / hi");

  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n");
  EXPECT_TRUE(client.read_until("\r\n").starts_with("HTTP/1.1 413"));
}

TEST(ServerConnection, RefusesSmugglingAndServesNothingBehindIt) {
  test_server server(echo_target);
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const std::string fields : {
           "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
           "Content-Length: 0\r\nContent-Length: 34\r\n",
           "Content-Length: 0,34\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: chunked, identity\r\n",
           "X: y\r\n Content-Length: 0\r\n",
           "X: y\nContent-Length: 0\r\n",
           "Content-Length : 0\r\n",
       }) {
    raw_client client(server.port());
    client.send("POST /seen HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n0\r\n\r\n" + hidden);
    std::string all;
    EXPECT_EQ(client.read_to_end(all), raw_client::ending::closed) << fields;
    EXPECT_TRUE(all.starts_with("HTTP/1.1 400 Bad Request\r\n") || all.starts_with("HTTP/1.1 501 ")) << all;
    EXPECT_EQ(all.find("/hidden"), std::string::npos) << all;
    EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
  }
}

TEST(ServerConnection, AnswersFaultsInTheStandardForm) {
  test_server server(echo_target);
  raw_client client(server.port());
  client.send("GET / HTTP/1.1\r\n\r\n");
  const incoming answer = client.read_answer();
  EXPECT_EQ(answer.status, 400);
  const json::object error = error_of(answer);
  EXPECT_EQ(error.at("code"), "VALIDATION_ERROR");
  EXPECT_EQ(error.at("status"), 400);
  EXPECT_GT(error.at("timestamp").to_number<double>(), 1.7e9);
  EXPECT_EQ(client.read_to_end(), raw_client::ending::closed);
}

TEST(ServerConnection, LetsTheClientSeeARefusalOfABodyThatIsStillComing) {
  server_options options;
  options.max_body_bytes = 1000;
  test_server server(echo_target, options);
  raw_client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n");
  EXPECT_TRUE(client.readable_within(std::chrono::seconds(5)));
  for (int i = 0; i < 20; ++i) client.try_send(std::string(50'000, 'x'));
  EXPECT_EQ(client.read_answer().status, 413);
}

TEST(ServerConnection, HoldsHeadsToTheLimit) {
  server_options options;
  options.max_head_bytes = 1000;
  test_server server(echo_target, options);
  raw_client client(server.port());
  client.get("/", "X: " + std::string(1000, 'x') + "\r\n");
  EXPECT_EQ(client.read_answer().status, 431);
}

TEST(ServerConnection, ClosesOneThatSendsItsRequestTooSlowly) {
  server_options options;
  options.request_timeout = std::chrono::milliseconds(60);
  test_server server(echo_target, options);
  raw_client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost");
  EXPECT_EQ(client.read_to_end(), raw_client::ending::closed);

  raw_client body(server.port());
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(body.read_to_end(), raw_client::ending::closed);
}

TEST(ServerConnection, ClosesOneThatIsIdle) {
  server_options options;
  options.idle_timeout = std::chrono::milliseconds(60);
  test_server server(echo_target, options);
  raw_client silent(server.port());
  EXPECT_EQ(silent.read_to_end(), raw_client::ending::closed);
  raw_client client(server.port());
  EXPECT_EQ(client.ask("/").status, 200);
  EXPECT_EQ(client.read_to_end(), raw_client::ending::closed);
}

boost::asio::awaitable<void> send_without_end(const server_request&, responder& out) {
  const std::string piece(65'536, 'x');
  bool there = co_await out.start(200, "text/plain");
  while (there) there = co_await out.write(piece);
}

TEST(ServerConnection, ClosesOneThatTakesNothing) {
  server_options options;
  options.idle_timeout = std::chrono::milliseconds(60);
  test_server server(send_without_end, options);
  raw_client client(server.port());
  client.get("/");
  EXPECT_TRUE(client.readable_within(std::chrono::seconds(5)));
  EXPECT_TRUE(eventually([&] { return server.server().connections() == 0; }));
  std::string all;
  client.read_to_end(all);
  EXPECT_LT(all.size(), 50'000'000U);
}

TEST(ServerConnection, GivesUpWhenTheClientLeavesInTheMiddle) {
  test_server server(send_without_end);
  for (const bool hard : {false, true}) {
    raw_client client(server.port());
    client.get("/");
    client.read_until("xxxx");
    hard ? client.reset() : client.close();
    EXPECT_TRUE(eventually([&] { return server.server().connections() == 0; }));
  }
}

TEST(ServerConnection, SurvivesClientsThatLeaveAtAnyPoint) {
  test_server server(echo_target);
  const std::string request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
  for (std::size_t size = 0; size <= request.size(); ++size) {
    raw_client client(server.port());
    client.send(request.substr(0, size));
    size % 2 == 0 ? client.reset() : client.close();
  }
  raw_client client(server.port());
  EXPECT_EQ(client.ask("/").status, 200);
}

boost::asio::awaitable<void> fail_by_target(const server_request& request, responder& out) {
  if (request.target() == "/silent") co_return;
  if (request.target() == "/late") co_await out.start(200, "text/plain");
  if (request.target() == "/late") co_await out.write("begun");
  if (request.target() == "/odd") throw 42;
  throw std::runtime_error("secret");
}

TEST(ServerConnection, AnswersForHandlersThatFail) {
  test_server server(fail_by_target);
  raw_client client(server.port());
  for (const char* target : {"/silent", "/early", "/odd"}) {
    const incoming answer = client.ask(target);
    EXPECT_EQ(answer.status, 500) << target;
    EXPECT_EQ(error_of(answer).at("code"), "SERVICE_UNAVAILABLE");
    EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  }
  client.get("/late");
  const incoming answer = client.read_answer();
  EXPECT_EQ(answer.failure, wire_failure::truncated);
}

boost::asio::awaitable<void> tell_context(const server_request&, responder& out) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  const context* ambient = ambient_context(executor);
  std::string told = ambient->tenant().value_or("none") + ' ' + ambient->request_id().value_or("none");
  if (ambient->deadline()) {
    const auto left = *ambient->deadline() - std::chrono::steady_clock::now();
    told += left > std::chrono::seconds(1) && left <= std::chrono::seconds(2) ? " 2s" : " odd";
  }
  co_await out.wait(std::chrono::milliseconds(1));
  const boost::asio::any_io_executor later = co_await boost::asio::this_coro::executor;
  if (ambient_context(later) != ambient) told = "lost";
  co_await out.send(200, "text/plain", told);
}

TEST(ServerConnection, RunsHandlersUnderTheContextOfTheirRequest) {
  test_server server(tell_context);
  raw_client client(server.port());
  EXPECT_EQ(client.ask("/", "X-Tenant-ID: acme%20x\r\nX-Request-ID: r1\r\nX-Enlace-Timeout-Ms: 2000\r\n").body,
            "acme x r1 2s");
  EXPECT_EQ(client.ask("/").body, "none none");
  const incoming refused = client.ask("/", "X-Tenant-ID: " + std::string(2000, 'x') + "\r\n");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(error_of(refused).at("code"), "VALIDATION_ERROR");
  EXPECT_EQ(client.ask("/").body, "none none");
}

boost::asio::awaitable<void> wait_long(const server_request&, responder& out) {
  const bool there = co_await out.wait(std::chrono::hours(1));
  if (there) co_await out.send(200, "text/plain", "");
}

TEST(ServerConnection, NoticesThatAWaitingClientHangsUp) {
  test_server server(wait_long);
  raw_client client(server.port());
  client.get("/");
  EXPECT_TRUE(eventually([&] { return server.server().connections() == 1; }));
  client.close();
  EXPECT_TRUE(eventually([&] { return server.server().connections() == 0; }));
}

}  // namespace
}  // namespace enlace
