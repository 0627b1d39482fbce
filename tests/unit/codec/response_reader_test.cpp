#include "codec/response_reader.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "unit/codec/read_answer.hpp"

namespace enlace {
namespace {

using test::answer;
using test::reading;
using progress = response_reader::progress;

/// Reads whole, byte by byte and in random pieces, and requires the same of all.
answer read(std::string_view bytes, const reading& how = {}) {
  const answer whole = test::read_whole(bytes, how);
  EXPECT_EQ(difference(whole, test::read_bytewise(bytes, how)), "") << bytes;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    EXPECT_EQ(difference(whole, test::read_at_random(bytes, seed, how)), "") << bytes << " seed " << seed;
  }
  return whole;
}

answer read_open(std::string_view bytes, reading how = {}) {
  how.then_closes = false;
  return read(bytes, how);
}

constexpr std::string_view json_answer =
    "HTTP/1.1 200 OK\r\n"
    "Date: Mon, 24 Nov 2025 10:00:00 GMT\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 16\r\n"
    "\r\n"
    "{\"success\":true}";

TEST(ResponseReader, ReadsAnAnswerWithALength) {
  const answer got = read_open(json_answer);
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "{\"success\":true}");
  ASSERT_EQ(got.fields.size(), 3U);
  EXPECT_EQ(got.fields[1].first, "Content-Type");
  EXPECT_EQ(got.fields[1].second, "application/json");
  EXPECT_TRUE(got.reusable);
}

TEST(ResponseReader, ReadsAnEmptyBody) {
  const answer got = read_open("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.status, 404);
  EXPECT_EQ(got.body, "");
  EXPECT_TRUE(got.reusable);
}

TEST(ResponseReader, KeepsRepeatedFieldsAndTrimsValues) {
  const answer got = read_open(
      "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie:\t b=2 \t\r\nX-Empty:\r\nX-High: \xC3\xA9\r\n"
      "Content-Length: 0\r\n\r\n");
  ASSERT_TRUE(got.done());
  ASSERT_EQ(got.fields.size(), 5U);
  EXPECT_EQ(got.fields[0].second, "a=1");
  EXPECT_EQ(got.fields[1].first, "set-cookie");
  EXPECT_EQ(got.fields[1].second, "b=2");
  EXPECT_EQ(got.fields[2].second, "");
  EXPECT_EQ(got.fields[3].second, "\xC3\xA9");
}

TEST(ResponseReader, ReadsUntilTheEndWhereNothingElseTells) {
  const answer got = read("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it");
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.body, "all of it");
  EXPECT_FALSE(got.reusable);
  const answer open = read_open("HTTP/1.1 200 OK\r\n\r\nall of it");
  EXPECT_EQ(open.progress, progress::need_more);
  EXPECT_TRUE(read("HTTP/1.1 200 OK\r\n\r\n").done());
}

TEST(ResponseReader, ReadsChunks) {
  const answer got = read_open(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "4\r\nWiki\r\n006\r\npedia \r\nA\r\nin\r\nchunks\r\n0\r\n\r\n");
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.body, "Wikipedia in\r\nchunks");
  EXPECT_TRUE(got.reusable);
}

TEST(ResponseReader, ReadsChunkExtensionsAndDropsTrailers) {
  const answer got = read_open(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Server-Timing\r\n\r\n"
      "5;a;b=c;d=\"x; y\"\r\nhello\r\n0 ;last\r\nServer-Timing: db;dur=5\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.field("Server-Timing"), "(none)");
  EXPECT_EQ(got.fields.size(), 2U);
}

TEST(ResponseReader, ReadsLargeBodiesOfEveryFraming) {
  std::string body;
  while (body.size() < 1'200'000) body += "0123456789abcdef" + std::to_string(body.size());
  std::string chunks;
  for (std::size_t at = 0; at < body.size(); at += 10000) {
    const std::string chunk = body.substr(at, 10000);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    chunks += size + chunk + "\r\n";
  }
  const std::string head = "HTTP/1.1 200 OK\r\n";
  for (const std::string& bytes :
       {head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
        head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n", head + "\r\n" + body}) {
    for (const std::size_t piece : {std::size_t{0}, std::size_t{1000}, std::size_t{16384}, std::size_t{65536}}) {
      response_reader reader;
      const answer got = test::read_in_pieces(reader, bytes, {}, [&] { return piece; });
      EXPECT_TRUE(got.done());
      EXPECT_TRUE(got.body == body) << piece;
    }
  }
}

TEST(ResponseReader, PassesOverInterimAnswers) {
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
  bytes = "HTTP/1.1 100 Continue\r\n\r\n" + bytes + std::string(json_answer);
  const answer got = read_open(bytes);
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.fields.size(), 3U);
  EXPECT_EQ(got.body, "{\"success\":true}");
  EXPECT_TRUE(got.reusable);
}

TEST(ResponseReader, PassesOverInterimAnswersToHead) {
  const answer got =
      read_open("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", {.method = "HEAD"});
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.status, 200);
  EXPECT_TRUE(got.reusable);
}

TEST(ResponseReader, RefusesToSwitchProtocols) {
  const answer got = read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n");
  EXPECT_EQ(got.failure, wire_failure::malformed);
  EXPECT_FALSE(got.reusable);
}

TEST(ResponseReader, ExpectsNoBodyWhereThereIsNone) {
  for (const std::string_view bytes :
       {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: \"x\"\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 205 Reset Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    const answer got = read_open(bytes);
    EXPECT_TRUE(got.done()) << bytes;
    EXPECT_EQ(got.body, "") << bytes;
    EXPECT_TRUE(got.reusable) << bytes;
  }
  for (const std::string_view bytes :
       {"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: zstd\r\n\r\n", "HTTP/1.1 500 No\r\n\r\n"}) {
    const answer got = read_open(bytes, {.method = "HEAD"});
    EXPECT_TRUE(got.done()) << bytes;
    EXPECT_TRUE(got.reusable) << bytes;
  }
}

TEST(ResponseReader, TrustsNoConnectionAfterABodyThatMayNotBe) {
  for (const std::string_view bytes :
       {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 205 Reset Content\r\n\r\n",
        "HTTP/1.1 205 Reset Content\r\nContent-Length: 4\r\n\r\nbody",
        "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\nHTTP/1.1 204 No\r\n\r\n"}) {
    const answer got = read_open(bytes);
    EXPECT_TRUE(got.done()) << bytes;
    EXPECT_EQ(got.body, "") << bytes;
    EXPECT_FALSE(got.reusable) << bytes;
  }
}

TEST(ResponseReader, KeepsAliveByTheRulesOfTheVersion) {
  const auto reusable = [](const std::string& version, const std::string& fields) {
    const answer got = read_open("HTTP/" + version + " 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\nok");
    EXPECT_TRUE(got.done());
    return got.reusable;
  };
  EXPECT_TRUE(reusable("1.1", ""));
  EXPECT_TRUE(reusable("1.1", "Connection: keep-alive\r\n"));
  EXPECT_TRUE(reusable("1.1", "Connection: close-not, x-close\r\n"));
  EXPECT_TRUE(reusable("1.1", "Connection:\r\n"));
  EXPECT_FALSE(reusable("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(reusable("1.1", "connection: Keep-Alive, CLOSE\r\n"));
  EXPECT_FALSE(reusable("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_FALSE(reusable("1.0", ""));
  EXPECT_TRUE(reusable("1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(reusable("1.0", "Connection: keep-alive, close\r\n"));
  EXPECT_FALSE(reusable("1.0", "Proxy-Connection: keep-alive\r\n"));
}

TEST(ResponseReader, TrustsNoChunksOfAnOldVersion) {
  const answer got =
      read_open("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.body, "ok");
  EXPECT_FALSE(got.reusable);
}

TEST(ResponseReader, TakesRepeatedEqualLengthsButTrustsThemNotFurther) {
  const answer got = read_open("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 02\r\n\r\nok");
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.body, "ok");
  EXPECT_FALSE(got.reusable);
}

TEST(ResponseReader, LeavesWhatComesAfterTheAnswer) {
  const std::string bytes = std::string(json_answer) + "HTTP/1.1 200 OK\r\n";
  const answer got = test::read_whole(bytes);
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.consumed, json_answer.size());
  EXPECT_EQ(got.body, "{\"success\":true}");
  response_reader reader;
  incoming in;
  reader.start(in, "GET", 1000, 1000);
  std::size_t consumed = 0;
  EXPECT_EQ(reader.feed(bytes, consumed), progress::done);
  EXPECT_FALSE(reader.reusable());
  EXPECT_EQ(reader.feed("more", consumed), progress::done);
  EXPECT_EQ(consumed, 0U);
  EXPECT_EQ(reader.finish(), progress::done);
}

TEST(ResponseReader, TellsWhenTheConnectionEndsTooSoon) {
  const std::string_view chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n";
  for (std::size_t size = 0; size < json_answer.size(); ++size) {
    const answer got = test::read_whole(json_answer.substr(0, size));
    EXPECT_EQ(got.failure, wire_failure::truncated) << size;
    EXPECT_EQ(got.progress, progress::failed) << size;
    EXPECT_FALSE(got.reusable) << size;
    EXPECT_EQ(got.body, "") << size;
    EXPECT_NE(got.detail, "") << size;
  }
  for (std::size_t size = 0; size < chunked.size(); ++size) {
    EXPECT_EQ(read(chunked.substr(0, size)).failure, wire_failure::truncated) << size;
  }
  EXPECT_EQ(read("HTTP/1.1 100 Continue\r\n\r\n").failure, wire_failure::truncated);
}

TEST(ResponseReader, KnowsWhetherTheAnswerHasBegun) {
  response_reader reader;
  EXPECT_FALSE(reader.started());
  incoming in;
  reader.start(in, "GET", 1000, 1000);
  std::size_t consumed = 7;
  EXPECT_EQ(reader.feed("", consumed), progress::need_more);
  EXPECT_EQ(consumed, 0U);
  EXPECT_FALSE(reader.started());
  EXPECT_EQ(reader.feed("H", consumed), progress::need_more);
  EXPECT_TRUE(reader.started());
  EXPECT_FALSE(reader.reusable());
  reader.start(in, "GET", 1000, 1000);
  EXPECT_FALSE(reader.started());
}

TEST(ResponseReader, ReadsOneAnswerAfterAnother) {
  response_reader reader;
  const auto next = [&](std::string_view bytes, std::size_t piece, const reading& how = {}) {
    return test::read_in_pieces(reader, bytes, how, [&] { return piece; });
  };
  EXPECT_TRUE(next(json_answer, 3).reusable);
  EXPECT_EQ(next("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhal", 0).failure,
            wire_failure::truncated);
  EXPECT_EQ(next("HTTP/1.1 2x0 OK\r\n\r\n", 5).failure, wire_failure::malformed);
  EXPECT_EQ(next("HTTP/1.1 200 OK\r\nCont", 4).failure, wire_failure::truncated);
  EXPECT_TRUE(next("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 0, {.method = "HEAD"}).reusable);
  const answer last = next(json_answer, 0);
  EXPECT_TRUE(last.reusable);
  EXPECT_EQ(last.body, "{\"success\":true}");
  EXPECT_EQ(last.detail, "");
}

TEST(ResponseReader, CanMoveWhileItReads) {
  incoming in;
  response_reader first;
  first.start(in, "GET", 1000, 1000);
  std::size_t consumed = 0;
  EXPECT_EQ(first.feed(json_answer.substr(0, 60), consumed), progress::need_more);
  response_reader second = std::move(first);
  EXPECT_EQ(second.feed(json_answer.substr(60), consumed), progress::done);
  EXPECT_EQ(in.body, "{\"success\":true}");
}

TEST(ResponseReader, LeavesAloneWhatTheTransportSays) {
  incoming in;
  in.reused_connection = in.sent = true;
  in.phase = wire_phase::send;
  in.failure = wire_failure::reset;
  in.detail = "old";
  in.body = "old";
  in.headers.add("Old", "old");
  response_reader reader;
  reader.start(in, "GET", 1000, 1000);
  EXPECT_TRUE(in.reused_connection && in.sent);
  EXPECT_EQ(in.phase, wire_phase::send);
  EXPECT_EQ(in.failure, wire_failure::none);
  EXPECT_EQ(in.detail + in.body, "");
  EXPECT_TRUE(in.headers.empty());
}

}  // namespace
}  // namespace enlace
