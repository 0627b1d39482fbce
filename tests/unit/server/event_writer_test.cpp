#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

#include <enlace/event_writer.hpp>
#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

namespace asio = boost::asio;
using std::string_view_literals::operator""sv;
using test::eventually;
using test::raw_client;
using test::test_server;

asio::awaitable<void> write_events(const server_request& request, responder& out) {
  sse_writer writer(out);
  const std::string_view path = request.path();
  if (path == "/forms") {
    EXPECT_TRUE(co_await writer.retry(std::chrono::milliseconds(1500)));
    co_await writer.comment();
    co_await writer.comment("one\ntwo");
    co_await writer.send("plain");
    co_await writer.send(std::string("typed"), std::string("delta"), std::string("7"));
    co_await writer.send("", "empty");
    co_await writer.send(" led by a space", {}, "8");
  } else if (path == "/lines") {
    co_await writer.send("a\nb\r\nc\rd");
    co_await writer.send("\n\r\r\n");
    co_await writer.send("end\n");
  } else if (path == "/misuse") {
    EXPECT_THROW(co_await writer.send("x", "a\nb"), std::invalid_argument);
    EXPECT_THROW(co_await writer.send("x", "a\rb"), std::invalid_argument);
    EXPECT_THROW(co_await writer.send("x", "", "1\r"), std::invalid_argument);
    EXPECT_THROW(co_await writer.send("x", "", "1\n"), std::invalid_argument);
    EXPECT_THROW(co_await writer.send("x", "", "1\0"sv), std::invalid_argument);
    EXPECT_THROW(co_await writer.retry(std::chrono::milliseconds(-1)), std::invalid_argument);
    EXPECT_FALSE(out.begun());
    EXPECT_TRUE(co_await writer.start());
    EXPECT_THROW(co_await writer.start(), std::logic_error);
  } else if (path == "/by-hand") {
    co_await out.start(201, "text/event-stream; charset=utf-8");
    co_await writer.send("x");
  }
  EXPECT_TRUE(co_await writer.finish());
}

asio::awaitable<void> write_lines(const server_request& request, responder& out) {
  ndjson_writer writer(out);
  if (request.path() == "/lines") {
    const json::value first = object("text", "a\nb", "n", 0.5);
    EXPECT_TRUE(co_await writer.send(first));
    co_await writer.send(nullptr);
    co_await writer.send_line(R"({"raw": true})");
    EXPECT_THROW(co_await writer.send_line("{\n}"), std::invalid_argument);
    EXPECT_THROW(co_await writer.send_line("{}\r"), std::invalid_argument);
  }
  EXPECT_TRUE(co_await writer.finish());
}

TEST(SseWriter, WritesEventsOfAllForms) {
  test_server server(write_events);
  raw_client client(server.port());
  const incoming answer = client.ask("/forms");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/event-stream");
  EXPECT_EQ(answer.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(answer.headers.get("X-Accel-Buffering"), "no");
  EXPECT_EQ(answer.body,
            "retry: 1500\n\n: \n\n: one\n: two\n\ndata: plain\n\nevent: delta\nid: 7\ndata: typed\n\n"
            "event: empty\ndata: \n\nid: 8\ndata:  led by a space\n\n");
}

TEST(SseWriter, SplitsLines) {
  test_server server(write_events);
  raw_client client(server.port());
  EXPECT_EQ(client.ask("/lines").body,
            "data: a\ndata: b\ndata: c\ndata: d\n\ndata: \ndata: \ndata: \ndata: \n\ndata: end\ndata: \n\n");
}

TEST(SseWriter, RefusesWhatWouldBreakTheStream) {
  test_server server(write_events);
  raw_client client(server.port());
  EXPECT_EQ(client.ask("/misuse").body, "");
  EXPECT_EQ(client.ask("/misuse").status, 200);
}

TEST(SseWriter, BeginsAnAnswerWithoutEvents) {
  test_server server(write_events);
  raw_client client(server.port());
  for (int i = 0; i < 2; ++i) {
    const incoming answer = client.ask("/nothing");
    EXPECT_EQ(answer.headers.get("Content-Type"), "text/event-stream");
    EXPECT_EQ(answer.body, "");
  }
}

TEST(SseWriter, GoesOnWithAnAnswerThatIsBegun) {
  test_server server(write_events);
  raw_client client(server.port());
  const incoming answer = client.ask("/by-hand");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(answer.body, "data: x\n\n");
}

TEST(SseWriter, SendsAnEventInOnePiece) {
  test_server server(write_events);
  raw_client client(server.port());
  client.get("/lines");
  client.read_until("\r\n\r\n");
  EXPECT_EQ(client.read_until("\n\n\r\n"), "21\r\ndata: a\ndata: b\ndata: c\ndata: d\n\n\r\n");
  client.read_until("0\r\n\r\n");
}

TEST(NdjsonWriter, WritesALineForEachValue) {
  test_server server(write_lines);
  raw_client client(server.port());
  const incoming answer = client.ask("/lines");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(answer.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(answer.body, "{\"text\":\"a\\nb\",\"n\":0.5}\nnull\n{\"raw\": true}\n");
  EXPECT_EQ(client.ask("/nothing").headers.get("Content-Type"), "application/x-ndjson");
}

TEST(EventWriter, EndsWithItsClient) {
  std::atomic<int> ended = 0;
  const auto handler = [&ended](const server_request& request, responder& out) -> asio::awaitable<void> {
    const std::shared_ptr<void> guard(nullptr, [&ended](void*) { ++ended; });
    const std::string data(10'000, 'x');
    bool there = true;
    if (request.path() == "/sse") {
      sse_writer writer(out);
      while (there) there = co_await writer.send(data);
    } else {
      ndjson_writer writer(out);
      while (there) there = co_await writer.send_line(data);
    }
  };
  test_server server(handler);
  int clients = 0;
  for (const char* target : {"/sse", "/ndjson"}) {
    for (const bool hard : {false, true}) {
      raw_client client(server.port());
      client.get(target);
      client.read_until("xxxx");
      hard ? client.reset() : client.close();
      ++clients;
      EXPECT_TRUE(eventually([&] { return ended == clients; }));
    }
  }
}

}  // namespace
}  // namespace enlace
