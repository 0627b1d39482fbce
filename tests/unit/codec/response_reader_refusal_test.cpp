#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "codec/response_reader.hpp"
#include "unit/codec/read_answer.hpp"

namespace enlace {
namespace {

using namespace std::string_view_literals;
using test::answer;
using test::reading;

/// Reads in every way and requires the same failure of all.
void expect_failure(std::string_view bytes, wire_failure failure, const reading& how = {}) {
  const answer whole = test::read_whole(bytes, how);
  EXPECT_EQ(whole.failure, failure) << bytes << "\n" << whole.detail;
  EXPECT_EQ(whole.progress, response_reader::progress::failed) << bytes;
  EXPECT_FALSE(whole.reusable) << bytes;
  EXPECT_NE(whole.detail, "") << bytes;
  EXPECT_EQ(difference(whole, test::read_bytewise(bytes, how)), "") << bytes;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    EXPECT_EQ(difference(whole, test::read_at_random(bytes, seed, how)), "") << bytes << " seed " << seed;
  }
}

void expect_malformed(std::string_view bytes) { expect_failure(bytes, wire_failure::malformed); }

void expect_malformed_field(std::string_view field) {
  expect_malformed("HTTP/1.1 200 OK\r\nServer: x\r\n" + std::string(field) + "\r\n\r\nhello");
  expect_malformed("HTTP/1.1 200 OK\r\n" + std::string(field) + "\r\nContent-Type: text/plain\r\n\r\nhello");
}

TEST(ResponseReaderRefusal, AnythingButHttp1) {
  for (const std::string_view bytes :
       {"-foo-"sv, "HTP/1.1 200 OK\r\n\r\n"sv, "HTTP/2.0 200 OK\r\n\r\n"sv, "HTTP/1.2 200 OK\r\n\r\n"sv,
        "ICY 200 OK\r\n\r\n"sv, "\r\nHTTP/1.1 200 OK\r\n\r\n"sv, "\0\0"sv, "\x16\x03\x01"sv, "HTTP/1.1 2 OK\r\n\r\n"sv,
        "HTTP/1.1\t200 OK\r\n\r\n"sv, "HTTP/1.1 200 OK\0\r\n\r\n"sv, "HTTP/1.1 099 no\r\n\r\n"sv}) {
    expect_malformed(bytes);
  }
}

TEST(ResponseReaderRefusal, GarbageAtOnceAndNotAtItsEnd) {
  EXPECT_EQ(test::read_whole("SSH-2.0-OpenSSH", {.then_closes = false}).failure, wire_failure::malformed);
  EXPECT_EQ(test::read_whole("HTTP/1.1 200 OK\n", {.then_closes = false}).failure, wire_failure::malformed);
}

TEST(ResponseReaderRefusal, LineEndsThatAreNone) {
  for (const std::string_view bytes :
       {"HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n", "HTTP/1.1 200 OK\r\nA: b\rContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\rC: d\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: \r-6\r\n\r\n", "HTTP/1.1 200 OK\r\n\rA: b\r\n\r\n"}) {
    expect_malformed(bytes);
  }
}

TEST(ResponseReaderRefusal, FoldedLines) {
  for (const std::string_view field : {"A: b\r\n c", "A: b\r\n\tc", "A:\r\n b", "A: b\r\n ", " A: b",
                                       "Transfer-Encoding:\r\n chunked", "Content-Length: 5\r\n "}) {
    expect_malformed_field(field);
  }
}

TEST(ResponseReaderRefusal, NamesAndValuesThatAreNone) {
  for (const std::string_view field : {"A : b"sv, "A\t: b"sv, "Content-Length : 5"sv, "no colon"sv, "nocolon"sv,
                                       ": nameless"sv, "A B: c"sv, "(A): b"sv, "\xC3\xA9: b"sv, "A\0: b"sv, "A: b\0c"sv,
                                       "A: \x01"sv, "A: b\x7F"sv, "A\x01: b"sv, "A: b\x1B[1m"sv}) {
    expect_malformed_field(field);
  }
}

TEST(ResponseReaderRefusal, LengthsThatAreNone) {
  for (const std::string_view value :
       {"", "-6", "+5", "5x", "0x5", "5 5", "5;a", "5.0", "five", "1e3", "99999999999999999999", "18446744073709551616",
        "5,", ",5", "5,,5", "5,5", "5, 5", "\"5\"", "5, x"}) {
    expect_malformed_field("Content-Length: " + std::string(value));
  }
}

TEST(ResponseReaderRefusal, FramingThatContradictsItself) {
  for (const std::string_view fields :
       {"Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 0\r\nTransfer-Encoding: chunked", "Transfer-Encoding: gzip\r\nContent-Length: 5",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: gzip",
        "Transfer-Encoding: identity", "Transfer-Encoding:", "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked\x0B"}) {
    expect_malformed_field(fields);
  }
}

TEST(ResponseReaderRefusal, FramingThatContradictsItselfEvenWithoutABody) {
  const std::string both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n";
  expect_malformed("HTTP/1.1 204 No Content\r\n" + both);
  expect_malformed("HTTP/1.1 304 Not Modified\r\n" + both);
  expect_malformed("HTTP/1.1 100 Continue\r\n" + both + "HTTP/1.1 204 No Content\r\n\r\n");
  expect_failure("HTTP/1.1 200 OK\r\n" + both, wire_failure::malformed, {.method = "HEAD"});
}

TEST(ResponseReaderRefusal, ChunksThatAreNone) {
  for (const std::string_view body : {"x\r\n"sv,
                                      "\r\n"sv,
                                      "-5\r\nhello\r\n"sv,
                                      " 5\r\nhello\r\n"sv,
                                      "+5\r\nhello\r\n"sv,
                                      "0x5\r\nhello\r\n0\r\n\r\n"sv,
                                      "5\r\nhello0\r\n\r\n"sv,
                                      "5\r\nhello\n0\r\n\r\n"sv,
                                      "5\r\nhelloxx0\r\n\r\n"sv,
                                      "4\r\nhello\r\n0\r\n\r\n"sv,
                                      "5\rhello\r\n"sv,
                                      "5 x\r\nhello\r\n"sv,
                                      "5;\r\nhello\r\n"sv,
                                      "5;=a\r\nhello\r\n"sv,
                                      "5;a=\r\nhello\r\n"sv,
                                      "5;a=\"b\nc\"\r\nhello\r\n"sv,
                                      "5;a=\"b\0\"\r\nhello\r\n"sv,
                                      "5,5\r\nhello\r\n"sv,
                                      "11111111111111111\r\nhello\r\n"sv,
                                      "fffffffffffffffff\r\nhello\r\n"sv,
                                      ";a\r\nhello\r\n"sv}) {
    expect_malformed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body));
  }
}

TEST(ResponseReaderRefusal, TrailersThatAreNone) {
  for (const std::string_view trailers :
       {"no colon\r\n"sv, "A: b\r\n c\r\n"sv, "A: b\r\n\tc\r\n"sv, "A : b\r\n"sv, "A: b\0\r\n"sv, "A: b\rC: d\r\n"sv,
        "A: b\nC: d\r\n"sv, "Content-Length: 5\r\n"sv, "Transfer-Encoding: chunked\r\n"sv}) {
    expect_malformed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n" + std::string(trailers) +
                     "\r\n");
  }
}

TEST(ResponseReaderRefusal, HeadsOverTheLimit) {
  const std::string head = "HTTP/1.1 200 OK\r\nA: " + std::string(200, 'a') + "\r\nContent-Length: 0\r\n\r\n";
  const auto limit = static_cast<std::uint32_t>(head.size());
  EXPECT_TRUE(test::read_whole(head, {.max_head_bytes = limit}).reusable);
  EXPECT_TRUE(test::read_bytewise(head, {.max_head_bytes = limit}).reusable);
  expect_failure(head, wire_failure::too_large, {.max_head_bytes = limit - 1});
  expect_failure("HTTP/1.1 200 OK\r\nA: " + std::string(100000, 'a'), wire_failure::too_large);
  std::string many = "HTTP/1.1 200 OK\r\n";
  while (many.size() < 100000) many += "Tiny: but many\r\n";
  expect_failure(many + "\r\n", wire_failure::too_large);
}

TEST(ResponseReaderRefusal, InterimAnswersWithoutEnd) {
  std::string bytes;
  while (bytes.size() < 70000) bytes += "HTTP/1.1 102 Processing\r\n\r\n";
  expect_failure(bytes, wire_failure::too_large);
  const std::string two = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
  EXPECT_TRUE(test::read_whole(two, {.max_head_bytes = static_cast<std::uint32_t>(two.size())}).reusable);
  expect_failure(two, wire_failure::too_large, {.max_head_bytes = static_cast<std::uint32_t>(two.size()) - 1});
}

TEST(ResponseReaderRefusal, ChunkLinesAndTrailersOverTheLimit) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const reading how{.max_head_bytes = 300};
  expect_failure(head + "5;a=" + std::string(400, 'x') + "\r\nhello\r\n0\r\n\r\n", wire_failure::too_large, how);
  expect_failure(head + "5;a=\"" + std::string(400, 'x'), wire_failure::too_large, how);
  expect_failure(head + std::string(400, '0') + "5\r\nhello\r\n0\r\n\r\n", wire_failure::too_large, how);
  expect_failure(head + "0\r\nA: " + std::string(400, 'x') + "\r\n\r\n", wire_failure::too_large, how);
  expect_failure(head + "0\r\nA: " + std::string(400, 'x'), wire_failure::too_large, how);
  std::string tiny;
  for (int i = 0; i < 1000; ++i) tiny += "1\r\nx\r\n";
  EXPECT_TRUE(test::read_whole(head + tiny + "0\r\n\r\n", how).reusable);
}

TEST(ResponseReaderRefusal, BodiesOverTheLimit) {
  const reading how{.max_body_bytes = 10};
  const std::string head = "HTTP/1.1 200 OK\r\n";
  for (const std::string_view fits : {"Content-Length: 10\r\n\r\n0123456789", "\r\n0123456789",
                                      "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"}) {
    EXPECT_TRUE(test::read_whole(head + std::string(fits), how).done()) << fits;
  }
  for (const std::string_view too_large : {"Content-Length: 11\r\n\r\n", "Content-Length: 18446744073709551615\r\n\r\n",
                                           "\r\n01234567890", "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n",
                                           "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"}) {
    expect_failure(head + std::string(too_large), wire_failure::too_large, how);
  }
  EXPECT_TRUE(test::read_whole(head + "Content-Length: 0\r\n\r\n", {.max_body_bytes = 0}).done());
  expect_failure(head + "Content-Length: 1\r\n\r\nx", wire_failure::too_large, {.max_body_bytes = 0});
}

TEST(ResponseReaderRefusal, ReservesNoMoreThanAMegabyteUnseen) {
  incoming in;
  response_reader reader;
  reader.start(in, "GET", 1000, 1ULL << 40);
  std::size_t consumed = 0;
  EXPECT_EQ(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\nx", consumed),
            response_reader::progress::need_more);
  EXPECT_LE(in.body.capacity(), 2U << 20);
}

TEST(ResponseReaderRefusal, StaysRefused) {
  incoming in;
  response_reader reader;
  reader.start(in, "GET", 1000, 1000);
  std::size_t consumed = 0;
  EXPECT_EQ(reader.feed("garbage", consumed), response_reader::progress::failed);
  EXPECT_EQ(reader.feed("HTTP/1.1 204 No Content\r\n\r\n", consumed), response_reader::progress::failed);
  EXPECT_EQ(consumed, 0U);
  EXPECT_EQ(reader.finish(), response_reader::progress::failed);
  EXPECT_EQ(in.failure, wire_failure::malformed);
}

}  // namespace
}  // namespace enlace
