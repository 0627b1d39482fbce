// Bodies that are made on the way, for uploads larger than memory.
#include <memory>

#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/call_on_loop.hpp"
#include "support/raw_server.hpp"
#include "support/test_server.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

/// `count` pieces of `size` bytes.
class pieces {
 public:
  pieces(int count, std::size_t size) : left_(std::make_shared<int>(count)), size_(size) {}
  boost::asio::awaitable<std::string> operator()() const {
    co_return (*left_)-- > 0 ? std::string(size_, 'x') : std::string();
  }
  [[nodiscard]] int left() const { return *left_; }

 private:
  std::shared_ptr<int> left_;
  std::size_t size_;
};

server_options large_bodies() {
  server_options allowed;
  allowed.max_body_bytes = 256ULL << 20;
  return allowed;
}

TEST(Upload, GoesInChunks) {
  test_upstream upstream(large_bodies());
  loop_client c;
  const reply r = c.call(post(upstream.url("/upload")).body_stream(pieces(64, 1 << 20), "application/octet-stream"));
  ASSERT_TRUE(r.success()) << json::serialize(r.to_json());
  EXPECT_EQ(r.data().at("bytes"), 64 << 20);
  EXPECT_TRUE(c.call(get(upstream.url("/echo"))).success());
  EXPECT_EQ(upstream.server().connections(), 1U) << "the connection serves the next call";
}

TEST(Upload, GoesWithALength) {
  test_upstream upstream(large_bodies());
  loop_client c;
  const reply r = c.call(put(upstream.url("/upload")).body_stream(pieces(3, 1000), "text/plain", 3000));
  ASSERT_TRUE(r.success());
  EXPECT_EQ(r.data().at("bytes"), 3000);
  const reply echoed = c.call(post(upstream.url("/echo")).body_stream(pieces(1, 5), "text/plain", 5));
  EXPECT_EQ(echoed.data().at("body"), "xxxxx");
  EXPECT_EQ(echoed.data().at("headers").at("content-length"), "5");
  EXPECT_EQ(echoed.data().at("headers").at("content-type"), "text/plain");
  EXPECT_TRUE(c.call(post(upstream.url("/upload")).body_stream(pieces(0, 0), "text/plain")).success())
      << "an empty one";
}

TEST(Upload, ALengthMustBeKept) {
  test_upstream upstream;
  loop_client c;
  const reply more = c.call(post(upstream.url("/upload")).body_stream(pieces(2, 10), "text/plain", 15));
  ASSERT_FALSE(more.success());
  EXPECT_THAT(more.error().message, ::testing::HasSubstr("body_stream gave more than the length"));
  const reply less = c.call(post(upstream.url("/upload")).body_stream(pieces(1, 10), "text/plain", 15));
  ASSERT_FALSE(less.success());
  EXPECT_THAT(less.error().message, ::testing::HasSubstr("body_stream ended before the length"));
}

TEST(Upload, IsNeverSentAgainOnceBegun) {
  test_upstream upstream;
  loop_client c;
  const reply r =
      c.call(put(upstream.url("/status/503?retry_after=0&key=upload")).body_stream(pieces(2, 10), "text/plain"));
  ASSERT_FALSE(r.success());
  EXPECT_EQ(r.call().attempts, 1);
  EXPECT_EQ(upstream.count("upload"), 1U);
  EXPECT_EQ(r.error().details.at("stopped_by"), "permanent");
}

TEST(Upload, BeforeThatItIsRetried) {
  loop_client c;
  const pieces body(2, 10);
  const reply r = c.call(post("http://127.0.0.1:1/").body_stream(body, "text/plain"));
  ASSERT_FALSE(r.success());
  EXPECT_EQ(r.call().attempts, 3);
  EXPECT_EQ(body.left(), 2) << "nobody asked for it";
}

TEST(Upload, StopsForAnEarlyAnswer) {
  raw_server server([](raw_server::peer& peer, int) {
    peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
    peer.linger();
  });
  loop_client c;
  const pieces body(1'000'000, 1 << 16);
  const reply r = c.call(post(server.url()).body_stream(body, "text/plain").timeout(20s));
  ASSERT_FALSE(r.success());
  EXPECT_EQ(r.call().status, 413);
  EXPECT_GT(body.left(), 900'000);
}

TEST(Upload, AProducerThatThrowsEndsTheCall) {
  test_upstream upstream;
  loop_client c;
  const auto body = []() -> boost::asio::awaitable<std::string> {
    throw std::runtime_error("the disk is gone");
    co_return std::string();
  };
  const reply r = c.call(post(upstream.url("/upload")).body_stream(body, "text/plain"));
  ASSERT_FALSE(r.success());
  EXPECT_EQ(r.error().code, error_code::cancelled);
  EXPECT_THAT(r.error().message, ::testing::HasSubstr("the disk is gone"));
}

TEST(Upload, AProducerThatHangsMeetsTheDeadline) {
  test_upstream upstream;
  loop_client c;
  bool cancelled = false;
  const auto body = [&]() -> boost::asio::awaitable<std::string> {
    boost::asio::steady_timer forever(c.loop, 1h);
    const auto ended = co_await forever.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    cancelled = std::get<0>(ended) == boost::asio::error::operation_aborted;
    co_return std::string();
  };
  const reply r = c.call(post(upstream.url("/upload")).body_stream(body, "text/plain").timeout(200ms));
  ASSERT_FALSE(r.success());
  EXPECT_EQ(r.error().code, error_code::timeout_error);
  EXPECT_LT(r.call().elapsed, 2s);
  EXPECT_TRUE(cancelled) << "it is told that nobody waits any more";
}

TEST(Upload, AStreamMayHaveOneToo) {
  test_upstream upstream;
  loop_client c;
  stream events =
      c.caller.stream(post(upstream.url("/sse?events=2&interval_ms=1")).body_stream(pieces(2, 10), "text/plain"));
  std::optional<reply> all;
  boost::asio::co_spawn(c.loop, events.collect(), [&all](std::exception_ptr, reply r) { all = std::move(r); });
  c.loop.run();
  ASSERT_TRUE(all && all->success());
  EXPECT_EQ(all->data().as_array().size(), 2U);
}

}  // namespace
}  // namespace enlace::test
