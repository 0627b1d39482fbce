// Streams over real sockets, from servers that behave well and badly.
#include <atomic>
#include <memory>

#include <enlace/blocking.hpp>
#include <enlace/event_writer.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stream_reading.hpp"
#include "support/eventually.hpp"
#include "support/raw_server.hpp"
#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(StreamOverSockets, EachFormIsRead) {
  test_upstream upstream;
  loop_client c;
  EXPECT_THAT(read_all(c, get(upstream.url("/sse?events=3&interval_ms=1"))).data,
              ElementsAre(R"({"n":1})", R"({"n":2})", R"({"n":3})"));
  const stream_read lines = read_all(c, get(upstream.url("/ndjson?events=2&interval_ms=1&newline=0")));
  EXPECT_THAT(lines.data, ElementsAre(R"({"n":1})", R"({"n":2})"));
  EXPECT_EQ(lines.ended, stream_end::finished);
  EXPECT_EQ(read_all(c, get(upstream.url("/drip?bytes=5&interval_ms=1"))).ended, stream_end::finished);
  EXPECT_EQ(read_all(c, get(upstream.url("/echo"))).data.size(), 1U) << "a plain JSON answer";
}

TEST(StreamOverSockets, FinishedItLeavesItsConnectionToTheNext) {
  test_upstream upstream;
  loop_client c;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(read_all(c, get(upstream.url("/sse?events=20&interval_ms=0"))).data.size(), 20U);
    EXPECT_EQ(read_all(c, get(upstream.url("/tokens?tokens=3&interval_ms=0"))).ended, stream_end::finished);
  }
  EXPECT_EQ(upstream.server().connections(), 1U);
}

/// Of a service whose failures the breaker does not mind.
settings without_breaker() {
  settings values;
  values.services["bad"].hosts = {"127.0.0.1"};
  values.services["bad"].breaker.consecutive_failures = 0;
  values.services["bad"].breaker.min_calls = 1'000'000;
  return values;
}

struct bad_stream {
  const char* path;
  stream_end ended;
  const char* error;
  std::size_t events;
};

TEST(StreamOverSockets, EachFaultHasItsOwnEnd) {
  const std::vector<bad_stream> all{
      {"/stall?events=2", stream_end::timed_out, "between_events_timeout", 2},
      {"/stall?events=0", stream_end::failed, "first_event_timeout", 0},
      {"/hang", stream_end::failed, "first_event_timeout", 0},
      {"/sse?events=9&interval_ms=1&break_after=2", stream_end::interrupted, "stream_interrupted", 2},
      {"/ndjson?events=9&interval_ms=1&break_after=2", stream_end::interrupted, "stream_interrupted", 2},
      {"/tokens?tokens=9&interval_ms=1&break_after=2&format=ollama", stream_end::interrupted, "stream_interrupted", 2},
      {"/error-event?events=2&format=sse", stream_end::reported, "error_event", 2},
      {"/error-event?events=2&format=ndjson", stream_end::reported, "error_event", 2},
      {"/error-event?events=0&format=sse", stream_end::reported, "error_event", 0},
      {"/long-line?bytes=10485760&format=sse", stream_end::failed, "too_large", 0},
      {"/long-line?bytes=10485760&format=ndjson", stream_end::failed, "too_large", 0},
      {"/page", stream_end::failed, "not_a_stream", 0},
      {"/status/429?retry_after=30", stream_end::failed, "", 0},
      {"/status/500", stream_end::failed, "", 0},
      {"/garbage", stream_end::failed, "malformed", 0},
      {"/reset", stream_end::failed, "reset", 0},
  };
  test_upstream upstream;
  loop_client c(without_breaker());
  for (const bad_stream& each : all) {
    const stream_read got = read_all(c, post(upstream.url(each.path))
                                            .between_events_timeout(200ms)
                                            .first_event_timeout(300ms)
                                            .max_attempts(1)
                                            .timeout(5s));
    EXPECT_EQ(got.ended, each.ended) << each.path << ": " << name_of(got.ended) << ", "
                                     << json::serialize(got.ending.to_json());
    EXPECT_EQ(got.data.size(), each.events) << each.path;
    EXPECT_EQ(got.detail("error"), each.error) << each.path;
    EXPECT_LT(got.ending.call().elapsed, 3s) << each.path;
  }
  EXPECT_THAT(read_all(c, get(upstream.url("/bad-utf8"))).ended, stream_end::finished) << "as browsers do, U+FFFD";
}

TEST(StreamOverSockets, ResumesWhereItBroke) {
  test_upstream upstream;
  loop_client c;
  const stream_read got =
      read_all(c, get(upstream.url("/sse?events=10&interval_ms=1&break_after=3&retry_ms=5&key=resumed")).resume());
  ASSERT_EQ(got.data.size(), 10U) << json::serialize(got.ending.to_json());
  for (int n = 1; n <= 10; ++n)
    EXPECT_EQ(got.data[static_cast<std::size_t>(n - 1)], "{\"n\":" + std::to_string(n) + "}");
  EXPECT_EQ(got.ended, stream_end::finished);
  EXPECT_EQ(upstream.count("resumed"), 4U);
}

/// An answer with three events, in chunks as one event a chunk, and where each event is complete.
class framed_answer {
 public:
  framed_answer() {
    bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int n = 1; n <= 3; ++n) {
      bytes += "c\r\ndata: no " + std::to_string(n);
      bytes += "\n\n\r\n";
      complete.push_back(bytes.size() - 2);
    }
    bytes += "0\r\n\r\n";
  }
  [[nodiscard]] std::size_t events_in(std::size_t cut) const {
    std::size_t count = 0;
    for (const std::size_t end : complete) count += end <= cut ? 1 : 0;
    return count;
  }
  std::string bytes;
  std::vector<std::size_t> complete;
};

TEST(StreamOverSockets, DiesAfterAnyByte) {
  const framed_answer answer;
  for (const bool reset : {false, true}) {
    std::atomic<std::size_t> cut{0};
    raw_server server([&](raw_server::peer& peer, int) {
      if (!peer.read_request()) return;
      peer.send(std::string_view(answer.bytes).substr(0, cut));
      if (reset) peer.reset();
    });
    loop_client c(without_breaker());
    for (std::size_t at = 0; at <= answer.bytes.size(); ++at) {
      cut = at;
      const stream_read got = read_all(c, post(server.url()).max_attempts(1).timeout(5s));
      // A reset may overtake what was sent before it.
      if (!reset) {
        EXPECT_EQ(got.data.size(), answer.events_in(at)) << at;
      }
      EXPECT_LE(got.data.size(), answer.events_in(at)) << at;
      if (got.ended == stream_end::open) break;
      if (at < answer.bytes.size()) {
        EXPECT_EQ(got.ended, got.data.empty() ? stream_end::failed : stream_end::interrupted) << at;
      } else if (!reset) {
        EXPECT_EQ(got.ended, stream_end::finished);
      }
    }
    EXPECT_EQ(server.requests, static_cast<int>(answer.bytes.size()) + 1) << "nothing is sent twice";
  }
}

TEST(StreamOverSockets, ComesInAnyPieces) {
  const framed_answer answer;
  std::atomic<std::size_t> cut{0};
  raw_server server([&](raw_server::peer& peer, int) {
    while (peer.read_request()) {
      peer.send(std::string_view(answer.bytes).substr(0, cut));
      std::this_thread::sleep_for(1ms);
      peer.send(std::string_view(answer.bytes).substr(cut));
    }
  });
  loop_client c;
  for (std::size_t at = 1; at < answer.bytes.size(); ++at) {
    cut = at;
    const stream_read got = read_all(c, post(server.url()).timeout(5s));
    EXPECT_THAT(got.data, ElementsAre("no 1", "no 2", "no 3")) << at;
    EXPECT_EQ(got.ended, stream_end::finished) << at;
  }
  EXPECT_EQ(server.connections, 1);
}

/// Counts the events that it could send, as fast as they are taken.
class counting_source {
 public:
  counting_source() : server_([this](const server_request& request, responder& out) { return serve(request, out); }) {}
  [[nodiscard]] std::string url() const { return server_.url("/"); }
  std::atomic<std::uint64_t> sent{0};
  std::atomic<int> ended{0};

 private:
  boost::asio::awaitable<void> serve(const server_request& /*request*/, responder& out) {
    sse_writer events(out);
    const std::string data(1000, 'x');
    const at_end count(ended);
    bool there = true;
    while (there && sent < 1'000'000) {
      there = co_await events.send(data);
      ++sent;
    }
  }
  class at_end {
   public:
    explicit at_end(std::atomic<int>& counter) : counter_(counter) {}
    at_end(const at_end&) = delete;
    at_end& operator=(const at_end&) = delete;
    ~at_end() { ++counter_; }

   private:
    std::atomic<int>& counter_;
  };
  test_server server_;
};

TEST(StreamOverSockets, ASlowReaderStopsTheSender) {
  counting_source source;
  blocking::client c;
  blocking::stream events = c.stream(get(source.url()));
  ASSERT_NE(events.next(), nullptr);
  std::uint64_t before = 0;
  const auto at_rest = [&] {
    const std::uint64_t now = source.sent;
    const bool rests = now == before;
    before = now;
    std::this_thread::sleep_for(100ms);
    return rests;
  };
  EXPECT_TRUE(eventually(at_rest)) << "it goes on sending";
  EXPECT_LT(before, 20'000U) << "what the system's buffers hold, and no more";
  for (int i = 0; i < 30'000; ++i) ASSERT_NE(events.next(), nullptr);
  EXPECT_GT(source.sent, 30'000U);
}

TEST(StreamOverSockets, DroppedItIsClosedAtOnce) {
  counting_source source;
  blocking::client c;
  {
    blocking::stream events = c.stream(get(source.url()));
    ASSERT_NE(events.next(), nullptr);
  }
  EXPECT_TRUE(eventually([&] { return source.ended == 1; }));
}

TEST(StreamOverSockets, BlockingOnesCanBeIterated) {
  test_upstream upstream;
  blocking::client c;
  int n = 0;
  blocking::stream events = c.stream(get(upstream.url("/sse?events=5&interval_ms=1")));
  for (const stream_event& event : events) {
    ++n;
    EXPECT_EQ(event.id, std::to_string(n));
  }
  EXPECT_EQ(n, 5);
  EXPECT_EQ(events.ended(), stream_end::finished);
  blocking::stream tokens = c.stream(post(upstream.url("/tokens?tokens=6&interval_ms=1&format=ollama")));
  std::string said;
  for (std::string_view text = tokens.next_text(); !text.empty(); text = tokens.next_text()) said += text;
  EXPECT_EQ(said, "A smooth sea makes no sailors. ");
  const reply all = c.stream(post(upstream.url("/tokens?tokens=2&interval_ms=1"))).collect();
  ASSERT_TRUE(all.success());
  EXPECT_EQ(all.data().at("text"), "A smooth ");
}

TEST(StreamOverSockets, ARuntimeMayEndBeforeItsStreamIsDropped) {
  counting_source source;
  std::optional<blocking::stream> events;
  {
    blocking::client c;
    events.emplace(c.stream(get(source.url())));
    ASSERT_NE(events->next(), nullptr);
  }
  EXPECT_NE(events->next(), nullptr) << "the stream shares the runtime";
  events.reset();
}

TEST(StreamOverSockets, ALoopMayEndWithStreamsInFlight) {
  counting_source source;
  test_upstream upstream;
  {
    loop_client c;
    const auto read = [](stream from) -> boost::asio::awaitable<void> {
      const stream_event* event = co_await from.next();
      while (event != nullptr) event = co_await from.next();
    };
    for (int i = 0; i < 4; ++i) {
      const std::string url = i % 2 == 0 ? upstream.url("/stall?events=1") : source.url();
      boost::asio::co_spawn(c.loop, read(c.caller.stream(get(url))), [](std::exception_ptr) {});
    }
    c.loop.run_for(200ms);
  }
  EXPECT_TRUE(eventually([&] { return source.ended == 2; }));
}

}  // namespace
}  // namespace enlace::test
