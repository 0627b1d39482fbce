// A gateway over real sockets: what its client sees of the upstream's streams, and the upstream of its client.
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/client.hpp>
#include <enlace/event_writer.hpp>
#include <enlace/pass_on.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Passes on what an upstream answers to the same target.
class passing_server {
 public:
  using setter = std::function<void(request&)>;

  /// `prepare` may say more about each request.
  explicit passing_server(
      std::string upstream, setter prepare = [](request&) {})
      : upstream_(std::move(upstream)),
        prepare_(std::move(prepare)),
        server_([this](const server_request& asked, responder& out) { return serve(asked, out); }, at_once()) {}
  passing_server(const passing_server&) = delete;
  passing_server& operator=(const passing_server&) = delete;
  ~passing_server() {
    // The client belongs to the server's loop, and ends there.
    asio::post(server_.loop(), [this] { client_.reset(); });
    server_.stop();
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return server_.port(); }
  /// What `pass_on` said, of those that ended by themselves.
  std::atomic<int> passed{0};
  std::atomic<int> not_passed{0};

 private:
  static server_options at_once() {
    server_options options;
    options.stop_grace = duration::zero();
    return options;
  }
  static settings patient() {
    settings values;
    values.services["bad"].hosts = {"127.0.0.1"};
    values.services["bad"].breaker.consecutive_failures = 0;
    values.services["bad"].breaker.min_calls = 1'000'000;
    return values;
  }

  asio::awaitable<void> serve(const server_request& asked, responder& out) {
    if (!client_) client_.emplace(server_.loop().get_executor(), options::make(patient()).value());
    request wanted = get(upstream_ + asked.target());
    wanted.max_attempts(1);
    prepare_(wanted);
    stream from = client_->stream(std::move(wanted));
    const bool all = co_await pass_on(from, out);
    ++(all ? passed : not_passed);
  }

  std::string upstream_;
  setter prepare_;
  test_server server_;
  std::optional<client> client_;
};

incoming ask_through(passing_server& gateway, std::string_view target) {
  raw_client visitor(gateway.port());
  return visitor.ask(target);
}

TEST(PassOn, EventsKeepTheirTypesAndIds) {
  test_server upstream([](const server_request&, responder& out) -> asio::awaitable<void> {
    sse_writer events(out);
    co_await events.comment("not for the client");
    co_await events.send("a", "token", "1");
    co_await events.send("b\nc", "", "2");
    co_await events.send("d", "usage", "3");
    co_await events.finish();
  });
  passing_server gateway(upstream.url());
  const incoming got = ask_through(gateway, "/");
  EXPECT_EQ(got.failure, wire_failure::none);
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.headers.get("Content-Type"), "text/event-stream");
  EXPECT_EQ(got.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(got.body,
            "event: token\nid: 1\ndata: a\n\n"
            "id: 2\ndata: b\ndata: c\n\n"
            "event: usage\nid: 3\ndata: d\n\n");
  EXPECT_TRUE(eventually([&] { return gateway.passed == 1; }));
}

TEST(PassOn, TheLastWordGoesOnToo) {
  test_upstream upstream;
  passing_server gateway(upstream.url());
  EXPECT_THAT(ask_through(gateway, "/tokens?tokens=1&interval_ms=0").body, ::testing::EndsWith("data: [DONE]\n\n"));
}

TEST(PassOn, LinesStayLines) {
  test_upstream upstream;
  passing_server gateway(upstream.url());
  const incoming got = ask_through(gateway, "/ndjson?events=3&interval_ms=1&newline=0");
  EXPECT_EQ(got.headers.get("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(got.body, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
}

TEST(PassOn, ACarriageReturnWithinALineIsASpace) {
  test_server upstream([](const server_request&, responder& out) -> asio::awaitable<void> {
    co_await out.send(200, "application/x-ndjson", "{\"n\":\r1}\r\n{\"n\":2}\n");
  });
  passing_server gateway(upstream.url());
  EXPECT_EQ(ask_through(gateway, "/").body, "{\"n\": 1}\n{\"n\":2}\n");
}

TEST(PassOn, BytesStayBytes) {
  test_upstream upstream;
  passing_server gateway(upstream.url());
  const incoming got = ask_through(gateway, "/drip?bytes=5&interval_ms=1");
  EXPECT_EQ(got.failure, wire_failure::none);
  EXPECT_EQ(got.headers.get("Content-Type"), "text/plain");
  EXPECT_EQ(got.body, "xxxxx");
}

TEST(PassOn, CodedBytesSayHowTheyAreCoded) {
  test_server upstream([](const server_request&, responder& out) -> asio::awaitable<void> {
    out.header("Content-Encoding", "gzip");
    co_await out.send(200, "application/octet-stream", "as good as gzip");
  });
  passing_server gateway(
      upstream.url(), [](request& asked) { asked.stream_as(stream_format::bytes).header("Accept-Encoding", "gzip"); });
  raw_client visitor(gateway.port());
  visitor.get("/");
  EXPECT_THAT(visitor.read_until("\r\n\r\n"), HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_THAT(visitor.read_until("0\r\n\r\n"), HasSubstr("as good as gzip"));
}

TEST(PassOn, APlainAnswerAndAnEmptyStreamArePassedOnToo) {
  test_upstream upstream;
  passing_server gateway(upstream.url());
  const incoming plain = ask_through(gateway, "/echo");
  EXPECT_THAT(std::string(plain.headers.get("Content-Type").value_or("")), StartsWith("application/json"));
  EXPECT_THAT(plain.body, HasSubstr("/echo"));
  const incoming empty = ask_through(gateway, "/sse?events=0");
  EXPECT_EQ(empty.failure, wire_failure::none);
  EXPECT_EQ(empty.status, 200);
  EXPECT_EQ(empty.headers.get("Content-Type"), "text/event-stream");
  EXPECT_EQ(empty.body, "");
}

TEST(PassOn, AFailureBeforeTheFirstEventIsTheAnswer) {
  test_upstream upstream;
  passing_server gateway(upstream.url(), [](request& asked) { asked.first_event_timeout(200ms); });
  struct failing {
    const char* target;
    int status;
    const char* code;
  };
  for (const failing& each :
       {failing{"/status/429?retry_after=30", 429, "RATE_LIMITED"}, failing{"/reset", 503, "COMMUNICATION_ERROR"},
        failing{"/stall?events=0", 504, "TIMEOUT_ERROR"}}) {
    const incoming got = ask_through(gateway, each.target);
    EXPECT_EQ(got.status, each.status) << each.target;
    const json::value document = parse_json(got.body).value();
    EXPECT_EQ(document.at("success"), false) << each.target;
    EXPECT_EQ(document.at("error").at("code"), each.code) << got.body;
    if (each.status == 429) {
      EXPECT_EQ(got.headers.get("Retry-After"), "30");
    }
  }
  EXPECT_TRUE(eventually([&] { return gateway.not_passed == 3; }));
}

TEST(PassOn, AnErrorInTheMiddleIsTheLastEventOrLine) {
  test_upstream upstream;
  passing_server gateway(upstream.url());
  struct breaking {
    const char* target;
    std::string_view before;
    const char* what;
  };
  const std::string_view two_with_ids = "id: 1\ndata: {\"n\":1}\n\nid: 2\ndata: {\"n\":2}\n\nevent: error\ndata: ";
  const std::string_view two_events = "data: {\"n\":1}\n\ndata: {\"n\":2}\n\nevent: error\ndata: ";
  const std::string_view two_lines = "{\"n\":1}\n{\"n\":2}\n";
  for (const breaking& each :
       {breaking{"/sse?events=9&interval_ms=1&break_after=2", two_with_ids, "stream_interrupted"},
        breaking{"/error-event?events=2&format=sse", two_events, "error_event"},
        breaking{"/ndjson?events=9&interval_ms=1&break_after=2", two_lines, "stream_interrupted"},
        breaking{"/error-event?events=2&format=ndjson", two_lines, "error_event"}}) {
    const incoming got = ask_through(gateway, each.target);
    EXPECT_EQ(got.failure, wire_failure::none) << each.target;
    ASSERT_THAT(got.body, StartsWith(each.before)) << each.target;
    const json::value last = parse_json(got.body.substr(each.before.size())).value();
    EXPECT_EQ(last.at("error").at("details").at("error"), each.what) << got.body;
  }
  EXPECT_TRUE(eventually([&] { return gateway.not_passed == 4; }));
}

TEST(PassOn, BytesThatBreakOffBreakTheClientsConnection) {
  test_server upstream([](const server_request&, responder& out) -> asio::awaitable<void> {
    co_await out.start(200, "application/octet-stream", 100);
    co_await out.write("half of it");
  });
  passing_server gateway(upstream.url());
  raw_client visitor(gateway.port());
  visitor.get("/");
  std::string all;
  visitor.read_to_end(all);
  EXPECT_THAT(all, HasSubstr("half of it"));
  EXPECT_THAT(all, ::testing::Not(HasSubstr("\r\n0\r\n"))) << "the last chunk would say that it is whole";
  EXPECT_TRUE(eventually([&] { return gateway.not_passed == 1; }));
}

/// Counts what it sends, `most` events, and then waits until it is cancelled.
class counted_upstream {
 public:
  explicit counted_upstream(std::uint64_t most)
      : most_(most), server_([this](const server_request&, responder& out) { return serve(out); }) {}
  [[nodiscard]] std::string url() const { return server_.url(); }
  std::atomic<int> asked{0};
  std::atomic<std::uint64_t> sent{0};
  std::atomic<int> ended{0};

 private:
  class count_at_end {
   public:
    explicit count_at_end(std::atomic<int>& counter) : counter_(counter) {}
    count_at_end(const count_at_end&) = delete;
    count_at_end& operator=(const count_at_end&) = delete;
    ~count_at_end() { ++counter_; }

   private:
    std::atomic<int>& counter_;
  };

  asio::awaitable<void> serve(responder& out) {
    const count_at_end counted(ended);
    ++asked;
    sse_writer events(out);
    const std::string data(1000, 'x');
    bool there = co_await events.start();
    while (there && sent < most_) {
      there = co_await events.send(data);
      ++sent;
    }
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    asio::steady_timer never(executor, 1h);
    co_await never.async_wait(asio::deferred);
  }

  std::uint64_t most_;
  test_server server_;
};

TEST(PassOn, AClientThatHangsUpEndsASilentUpstream) {
  for (const std::uint64_t events : {0U, 1U}) {
    counted_upstream upstream(events);
    passing_server gateway(upstream.url());
    raw_client visitor(gateway.port());
    visitor.get("/");
    if (events == 0) {
      ASSERT_TRUE(eventually([&] { return upstream.asked == 1; }));
    } else {
      visitor.read_until("xxx\n\n");
    }
    EXPECT_EQ(upstream.ended, 0);
    visitor.close();
    EXPECT_TRUE(eventually([&] { return upstream.ended == 1; })) << events;
  }
}

TEST(PassOn, ASlowClientSlowsTheUpstream) {
  counted_upstream upstream(1'000'000);
  passing_server gateway(upstream.url());
  raw_client visitor(gateway.port());
  visitor.get("/");
  visitor.read_until("xxx\n\n");
  std::uint64_t before = 0;
  const auto at_rest = [&] {
    const std::uint64_t now = upstream.sent;
    const bool rests = now == before;
    before = now;
    std::this_thread::sleep_for(100ms);
    return rests;
  };
  EXPECT_TRUE(eventually(at_rest)) << "it goes on sending";
  EXPECT_LT(before, 40'000U) << "what the system's buffers of two connections hold, and no more";
  for (int i = 0; i < 60'000; ++i) visitor.read_until("xxx\n\n");
  EXPECT_GT(upstream.sent, 60'000U);
  visitor.close();
  EXPECT_TRUE(eventually([&] { return upstream.ended == 1; })) << "also while the gateway waits for its client";
}

TEST(PassOn, TheClientSeesNothingOfAResumedBreak) {
  test_upstream upstream;
  passing_server gateway(upstream.url(), [](request& asked) { asked.resume().max_attempts(3); });
  const incoming got = ask_through(gateway, "/sse?events=10&interval_ms=1&break_after=3&retry_ms=5&key=resumed");
  std::string expected;
  for (int n = 1; n <= 10; ++n) {
    const std::string number = std::to_string(n);
    expected.append("id: ").append(number).append("\ndata: {\"n\":").append(number).append("}\n\n");
  }
  EXPECT_EQ(got.body, expected);
  EXPECT_EQ(upstream.count("resumed"), 4U);
  EXPECT_TRUE(eventually([&] { return gateway.passed == 1; }));
}

}  // namespace
}  // namespace enlace::test
