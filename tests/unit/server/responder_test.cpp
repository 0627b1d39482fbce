#include <stdexcept>
#include <string>

#include <enlace/responder.hpp>
#include <gtest/gtest.h>

#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

using test::raw_client;
using test::test_server;

/// Each test's handler is a case of this one, told by the path.
boost::asio::awaitable<void> act(const server_request& request, responder& out) {
  const std::string_view path = request.path();
  if (path == "/whole") {
    out.header("X-One", "1");
    out.header("Content-Length", "999");
    out.header("transfer-encoding", "gzip");
    EXPECT_FALSE(out.begun());
    EXPECT_TRUE(co_await out.send(201, "text/plain", "whole"));
    EXPECT_TRUE(out.begun() && out.reusable());
  } else if (path == "/close") {
    out.header("connection", "Close");
    co_await out.send(200, "", "bye");
  } else if (path == "/204") {
    co_await out.send(204, "text/plain", "nothing of this");
  } else if (path == "/304") {
    co_await out.send(304, "text/plain", "nothing of this");
  } else if (path == "/pieces") {
    co_await out.start(200, "text/plain");
    co_await out.write("a");
    co_await out.write("");
    co_await out.write(std::string(300, 'b'));
    EXPECT_TRUE(co_await out.finish());
  } else if (path == "/sized") {
    co_await out.start(200, "text/plain", 4);
    co_await out.write("ab");
    co_await out.write("cd");
    EXPECT_THROW(co_await out.write("e"), std::logic_error);
    EXPECT_TRUE(co_await out.finish());
  } else if (path == "/short") {
    co_await out.start(200, "text/plain", 4);
    co_await out.write("ab");
    const bool finished = co_await out.finish();
    EXPECT_EQ(finished, request.method() == "HEAD");
  } else if (path == "/unfinished") {
    co_await out.start(200, "text/plain");
    co_await out.write("ab");
  } else if (path == "/raw") {
    co_await out.write_raw("anything\n");
  } else if (path == "/reset") {
    co_await out.start(200, "text/plain");
    out.reset();
    EXPECT_FALSE(co_await out.write("x"));
  } else if (path == "/misuse") {
    EXPECT_THROW(out.header("X Y", "z"), std::invalid_argument);
    EXPECT_THROW(out.header("X", "a\r\nSet-Cookie: b"), std::invalid_argument);
    EXPECT_THROW(co_await out.write("x"), std::logic_error);
    EXPECT_THROW(co_await out.finish(), std::logic_error);
    EXPECT_THROW(co_await out.send(99, "", ""), std::invalid_argument);
    EXPECT_THROW(co_await out.send(200, "a\nb", ""), std::invalid_argument);
    co_await out.send(200, "", "");
    EXPECT_THROW(co_await out.send(200, "", ""), std::logic_error);
    EXPECT_THROW(out.header("X", "late"), std::logic_error);
  } else if (path == "/error") {
    error failed(error_code::rate_limited, "slow\xFF down");
    failed.retry_after = seconds_d(1.2);
    co_await out.send_error(failed);
  }
}

class Responder : public testing::Test {
 protected:
  test_server server_{act};
  raw_client client_{server_.port()};
};

TEST_F(Responder, SendsAWholeAnswer) {
  client_.get("/whole");
  const std::string head = client_.read_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 201 Created\r\nDate: ")) << head;
  EXPECT_NE(head.find(" GMT\r\nContent-Type: text/plain\r\nX-One: 1\r\nContent-Length: 5\r\n\r\n"), std::string::npos)
      << head;
  EXPECT_EQ(client_.read_until("whole"), "whole");
  EXPECT_EQ(client_.ask("/whole").status, 201);
}

TEST_F(Responder, ObeysACloseFromTheHandler) {
  client_.get("/close");
  const incoming answer = client_.read_answer();
  EXPECT_EQ(answer.headers.get("Connection"), "close");
  EXPECT_FALSE(answer.headers.contains("Content-Type"));
  EXPECT_EQ(client_.read_to_end(), raw_client::ending::closed);
}

TEST_F(Responder, KeepsBodiesBackWhereNoneMayBe) {
  for (const char* target : {"/204", "/304"}) {
    client_.get(target);
    const std::string head = client_.read_until("\r\n\r\n");
    EXPECT_EQ(head.find("Content-Length"), std::string::npos) << head;
    EXPECT_EQ(head.find("Content-Type"), std::string::npos) << head;
  }
  for (const char* target : {"/whole", "/pieces", "/sized", "/short"}) {
    client_.send("HEAD " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const incoming answer = client_.read_answer("HEAD");
    EXPECT_EQ(answer.failure, wire_failure::none);
    EXPECT_EQ(answer.body, "");
    if (target == std::string("/short")) break;
  }
}

TEST_F(Responder, TellsInAHeadWhatGetWouldGive) {
  client_.send("HEAD /whole HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client_.read_until("\r\n\r\n").find("Content-Length: 5\r\n"), std::string::npos);
  client_.send("HEAD /pieces HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client_.read_until("\r\n\r\n").find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(client_.ask("/whole").body, "whole");
}

TEST_F(Responder, SendsPiecesInChunks) {
  client_.get("/pieces");
  client_.read_until("\r\n\r\n");
  EXPECT_EQ(client_.read_until("0\r\n\r\n"), "1\r\na\r\n12c\r\n" + std::string(300, 'b') + "\r\n0\r\n\r\n");
  EXPECT_EQ(client_.ask("/whole").status, 201);
}

TEST_F(Responder, SendsPiecesToTheEndForHttp10) {
  client_.send("GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  std::string all;
  EXPECT_EQ(client_.read_to_end(all), raw_client::ending::closed);
  EXPECT_EQ(all.find("chunked"), std::string::npos);
  EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(all.ends_with("\r\n\r\na" + std::string(300, 'b')));
}

TEST_F(Responder, SendsAnAnnouncedLengthInPieces) {
  const incoming answer = client_.ask("/sized");
  EXPECT_EQ(answer.body, "abcd");
  EXPECT_EQ(answer.headers.get("Content-Length"), "4");
  EXPECT_EQ(client_.ask("/whole").status, 201);
}

TEST_F(Responder, BreaksTheConnectionWhenAnAnswerIsNotComplete) {
  EXPECT_EQ(client_.ask("/short").failure, wire_failure::truncated);
  raw_client other(server_.port());
  EXPECT_EQ(other.ask("/unfinished").failure, wire_failure::truncated);
}

TEST_F(Responder, SendsRawBytes) {
  client_.get("/raw");
  std::string all;
  EXPECT_EQ(client_.read_to_end(all), raw_client::ending::closed);
  EXPECT_EQ(all, "anything\n");
}

TEST_F(Responder, Resets) {
  client_.get("/reset");
  EXPECT_EQ(client_.read_to_end(), raw_client::ending::reset);
}

TEST_F(Responder, ThrowsForMisuse) { EXPECT_EQ(client_.ask("/misuse").status, 200); }

TEST_F(Responder, SendsErrorsInTheStandardForm) {
  const incoming answer = client_.ask("/error");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers.get("Retry-After"), "2");
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/json");
  const result<json::value> body = parse_json(answer.body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("error").at("code"), "RATE_LIMITED");
  EXPECT_EQ(body->at("message"), "slow\xEF\xBF\xBD down");
}

}  // namespace
}  // namespace enlace
