#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "codec/response_reader.hpp"
#include "unit/codec/compress.hpp"
#include "unit/codec/read_answer.hpp"

namespace enlace {
namespace {

using test::answer;
using test::gzip;
using test::reading;

/// Reads whole, byte by byte and in random pieces, and requires the same of all.
answer read(const std::string& bytes, const reading& how = {}) {
  answer whole = test::read_whole(bytes, how);
  EXPECT_EQ(difference(whole, test::read_bytewise(bytes, how)), "");
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    EXPECT_EQ(difference(whole, test::read_at_random(bytes, seed, how)), "") << " seed " << seed;
  }
  return whole;
}

std::string with_length(const std::string& coding, const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: " + coding +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string in_chunks(const std::string& coding, const std::string& body) {
  std::string out = "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char c : body) out += std::string("1\r\n") + c + "\r\n";
  return out + "0\r\n\r\n";
}

std::string until_the_end(const std::string& coding, const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\n\r\n" + body;
}

TEST(ResponseReaderCoding, DecodesEveryCodingInEveryFraming) {
  const std::string text = test::brotli_sample_text();
  const std::pair<std::string, std::string> cases[] = {
      {"gzip", gzip(text)},
      {"X-Gzip", gzip("enlace ") + gzip(text.substr(7))},
      {"deflate", test::compress(text, test::wrapper::zlib)},
      {"deflate", test::compress(text, test::wrapper::raw)},
      {"br", test::brotli_sample()},
      {"br, gzip", gzip(test::brotli_sample())},
      {"br\r\nContent-Encoding: gzip", gzip(test::brotli_sample())},
      {"identity", text},
  };
  for (const auto& [coding, body] : cases) {
    for (const std::string& bytes : {with_length(coding, body), in_chunks(coding, body), until_the_end(coding, body)}) {
      const answer got = read(bytes);
      EXPECT_TRUE(got.done()) << coding << ": " << got.detail;
      EXPECT_EQ(got.body, text) << coding;
      EXPECT_EQ(got.field("Content-Encoding"), "(none)");
    }
  }
}

TEST(ResponseReaderCoding, TakesTheLengthOutOnlyWhereItIsNoLongerTrue) {
  EXPECT_EQ(read(with_length("gzip", gzip("text"))).field("Content-Length"), "(none)");
  EXPECT_EQ(read(with_length("identity", "text")).field("Content-Length"), "4");
  EXPECT_EQ(read(with_length("gzip", gzip("text"))).field("Content-Type"), "text/plain");
  EXPECT_TRUE(read(with_length("gzip", gzip("text"))).reusable);
}

TEST(ResponseReaderCoding, TakesAnEmptyBodyAsItIs) {
  const answer none = read(with_length("gzip", ""));
  EXPECT_TRUE(none.done());
  EXPECT_EQ(none.body, "");
  EXPECT_TRUE(read(until_the_end("br", "")).done());
  EXPECT_TRUE(read(in_chunks("deflate", "")).done());
}

TEST(ResponseReaderCoding, LeavesTheFieldsOfAnswersWithoutABody) {
  const answer head =
      read("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 90\r\n\r\n", {.method = "HEAD"});
  EXPECT_TRUE(head.reusable);
  EXPECT_EQ(head.field("Content-Encoding"), "gzip");
  EXPECT_EQ(head.field("Content-Length"), "90");
  const answer reset =
      read("HTTP/1.1 205 Reset\r\nContent-Encoding: zstd\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  EXPECT_TRUE(reset.reusable);
}

TEST(ResponseReaderCoding, RefusesDamagedData) {
  std::string damaged = gzip("some text that is long enough");
  damaged[15] = static_cast<char>(damaged[15] ^ 0x55);
  for (const std::string& body :
       {damaged, std::string("plain text"), gzip("text") + "more", gzip("text").substr(0, 12), std::string("\x1f")}) {
    for (const std::string& bytes : {with_length("gzip", body), in_chunks("gzip", body), until_the_end("gzip", body)}) {
      const answer got = read(bytes);
      EXPECT_EQ(got.failure, wire_failure::content_encoding);
      EXPECT_FALSE(got.reusable);
      EXPECT_EQ(got.body, "");
    }
  }
}

TEST(ResponseReaderCoding, ALostConnectionIsNoDamage) {
  const std::string bytes = with_length("gzip", gzip("some text"));
  EXPECT_EQ(read(bytes.substr(0, bytes.size() - 3)).failure, wire_failure::truncated);
}

TEST(ResponseReaderCoding, StopsABombAtOnce) {
  const std::string bomb = gzip(std::string(5 << 20, '\0'));
  const std::string bytes = with_length("gzip", bomb);
  const reading how{.max_body_bytes = 100000};
  const answer got = test::read_whole(bytes, how);
  EXPECT_EQ(got.failure, wire_failure::too_large);
  EXPECT_EQ(got.body, "");
  response_reader reader;
  const answer early = test::read_in_pieces(reader, bytes, how, [] { return std::size_t{64}; });
  EXPECT_EQ(early.failure, wire_failure::too_large);
  EXPECT_LT(early.consumed, 1000U);
  EXPECT_EQ(read(with_length("gzip, gzip", gzip(bomb)), how).failure, wire_failure::too_large);
  EXPECT_EQ(read(with_length("br", test::brotli_bomb()), how).failure, wire_failure::too_large);
  EXPECT_TRUE(test::read_whole(with_length("br", test::brotli_bomb()), {.max_body_bytes = 1 << 20}).done());
}

TEST(ResponseReaderCoding, RefusesWhatWasNotAskedFor) {
  for (const std::string coding : {"zstd", "compress", "gzip, zstd", "utf-8", "none"}) {
    EXPECT_EQ(read(with_length(coding, "body")).failure, wire_failure::content_encoding) << coding;
  }
  headers asked;
  asked.add("accept-encoding", "identity");
  EXPECT_EQ(read(with_length("gzip", gzip("text")), {.request_fields = &asked}).failure,
            wire_failure::content_encoding);
  asked.set("accept-encoding", "zstd, gzip;q=0");
  EXPECT_EQ(read(with_length("gzip", gzip("text")), {.request_fields = &asked}).failure,
            wire_failure::content_encoding);
}

TEST(ResponseReaderCoding, DecodesWhatTheCallerAskedForItself) {
  headers asked;
  asked.add("Accept-Encoding", "gzip");
  EXPECT_EQ(read(with_length("gzip", gzip("text")), {.request_fields = &asked}).body, "text");
  EXPECT_EQ(read(with_length("br", test::brotli_sample()), {.request_fields = &asked}).failure,
            wire_failure::content_encoding);
  asked.set("Accept-Encoding", "*");
  EXPECT_EQ(read(with_length("gzip", gzip("text")), {.request_fields = &asked}).body, "text");
}

TEST(ResponseReaderCoding, HandsOverWhatTheCallerAskedForAndIsNotKnownHere) {
  headers asked;
  asked.add("Accept-Encoding", "zstd, gzip");
  const answer got = read(with_length("zstd, gzip", "as it came"), {.request_fields = &asked});
  EXPECT_TRUE(got.reusable);
  EXPECT_EQ(got.body, "as it came");
  EXPECT_EQ(got.field("Content-Encoding"), "zstd, gzip");
  EXPECT_EQ(got.field("Content-Length"), "10");
}

TEST(ResponseReaderCoding, MindsNoCodingOfAnInterimAnswer) {
  const answer got =
      read("HTTP/1.1 103 Early Hints\r\nContent-Encoding: zstd\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_TRUE(got.reusable);
  EXPECT_EQ(got.body, "ok");
}

}  // namespace
}  // namespace enlace
