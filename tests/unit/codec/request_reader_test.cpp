#include "codec/request_reader.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using progress = request_reader::progress;

constexpr std::uint32_t head_most = 512;
constexpr std::uint64_t body_most = 1000;

struct outcome {
  progress at = progress::need_more;
  int fault_status = 0;
  std::string method;
  std::string target;
  std::string host;
  std::string body;
  std::size_t fields = 0;
  bool keep_alive = false;
  std::size_t consumed = 0;
  bool operator==(const outcome&) const = default;
};

/// Feeds `bytes` in pieces of `step`.
outcome read(std::string_view bytes, std::size_t step) {
  request_reader reader(head_most, body_most);
  outcome seen;
  while (seen.at == progress::need_more && seen.consumed < bytes.size()) {
    std::size_t used = 0;
    // A copy of its own, so that a sanitizer sees a view that outlives the call.
    const std::vector<char> piece(
        bytes.begin() + static_cast<std::ptrdiff_t>(seen.consumed),
        bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), seen.consumed + step)));
    seen.at = reader.feed(std::string_view(piece.data(), piece.size()), used);
    seen.consumed += used;
  }
  seen.fault_status = reader.fault_status();
  seen.method = reader.method();
  seen.target = reader.target();
  seen.host = reader.headers().get("host").value_or("");
  seen.fields = reader.headers().size();
  seen.body = reader.body();
  seen.keep_alive = reader.keep_alive();
  return seen;
}

/// However the bytes are split, the outcome is the same.
outcome read(std::string_view bytes) {
  const outcome whole = read(bytes, bytes.size());
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}}) {
    outcome split = read(bytes, step);
    if (whole.at == progress::failed) split.consumed = whole.consumed;
    // A fault may be seen before what stands in front of it on the same line is taken in.
    if (whole.at == progress::failed) {
      EXPECT_EQ(split.at, whole.at) << bytes;
      EXPECT_EQ(split.fault_status, whole.fault_status) << bytes;
    } else {
      EXPECT_EQ(split, whole) << bytes << " in steps of " << step;
    }
  }
  return whole;
}

int fault_of(std::string_view bytes) {
  const outcome seen = read(bytes);
  return seen.at == progress::failed ? seen.fault_status : 0;
}

TEST(RequestReader, ReadsARequestWithoutABody) {
  const outcome seen = read("GET /a/b?c=d HTTP/1.1\r\nHost: x:80\r\nAccept: */*\r\n\r\n");
  EXPECT_EQ(seen.at, progress::done);
  EXPECT_EQ(seen.method, "GET");
  EXPECT_EQ(seen.target, "/a/b?c=d");
  EXPECT_EQ(seen.host, "x:80");
  EXPECT_EQ(seen.fields, 2U);
  EXPECT_EQ(seen.body, "");
  EXPECT_TRUE(seen.keep_alive);
}

TEST(RequestReader, ReadsABodyOfKnownLength) {
  const outcome seen = read("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(seen.at, progress::done);
  EXPECT_EQ(seen.body, "hello");
}

TEST(RequestReader, ReadsAChunkedBodyAndDropsTrailers) {
  const outcome seen = read(
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5;name=\"v\"\r\nhello\r\nA\r\n, friends!\r\n0\r\nX-Trailer: 1\r\n\r\n");
  EXPECT_EQ(seen.at, progress::done);
  EXPECT_EQ(seen.body, "hello, friends!");
  EXPECT_EQ(seen.fields, 2U);
}

TEST(RequestReader, ReadsAnEmptyChunkedBody) {
  const outcome seen = read("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(seen.at, progress::done);
  EXPECT_EQ(seen.body, "");
}

TEST(RequestReader, LeavesTheNextRequestToItsCaller) {
  const std::string first = "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
  const std::string chunked = "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
  const std::string last = "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string all = first + chunked + last;
  request_reader reader(head_most, body_most);
  std::vector<std::string> targets;
  std::size_t at = 0;
  while (at < all.size()) {
    reader.start();
    std::size_t used = 0;
    ASSERT_EQ(reader.feed(std::string_view(all).substr(at), used), progress::done);
    ASSERT_GT(used, 0U);
    at += used;
    targets.push_back(reader.target());
  }
  EXPECT_EQ(targets, (std::vector<std::string>{"/1", "/2", "/3"}));
  std::size_t used = 9;
  EXPECT_EQ(reader.feed("more", used), progress::done);
  EXPECT_EQ(used, 0U);
}

TEST(RequestReader, PassesOverBlankLinesBeforeARequest) {
  EXPECT_EQ(read("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n").at, progress::done);
  std::string many;
  for (std::size_t i = 0; i <= head_most; i += 2) many += "\r\n";
  EXPECT_EQ(fault_of(many), 431);
}

TEST(RequestReader, TakesAbsoluteTargetsAsPaths) {
  EXPECT_EQ(read("GET http://h:1/p?q HTTP/1.1\r\nHost: x\r\n\r\n").target, "/p?q");
  EXPECT_EQ(read("GET HTTPS://h HTTP/1.1\r\nHost: x\r\n\r\n").target, "/");
  EXPECT_EQ(read("GET http://h?q HTTP/1.1\r\nHost: x\r\n\r\n").target, "/?q");
  EXPECT_EQ(read("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").target, "*");
}

TEST(RequestReader, RefusesOtherTargets) {
  for (const char* target : {"*", "a", "http:///x", "ftp://h/", "/a#b", "/\xC3\xA9", "host:80", "?q"}) {
    EXPECT_EQ(fault_of("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n"), 400) << target;
  }
  EXPECT_EQ(fault_of("CONNECT host:80 HTTP/1.1\r\nHost: x\r\n\r\n"), 501);
}

TEST(RequestReader, RefusesMalformedRequestLines) {
  for (const char* line : {"GET / HTTP/2.0", "GET / HTTP/0.9", "GET /", "GET", "GET  / HTTP/1.1", "GET / HTTP/1.1 ",
                           "GET / http/1.1", "GET /a b HTTP/1.1", " GET / HTTP/1.1", "G\x01T / HTTP/1.1",
                           "GET\t/ HTTP/1.1", "GET / HTTP/11", "GET / H", "(GET) / HTTP/1.1", "\x16\x03\x01"}) {
    EXPECT_EQ(fault_of(std::string(line) + "\r\nHost: x\r\n\r\n"), 400) << line;
  }
}

TEST(RequestReader, RefusesEveryDoubtAboutTheLengthOfTheBody) {
  for (const char* fields : {"Content-Length: 5\r\nTransfer-Encoding: chunked",
                             "Transfer-Encoding: chunked\r\nContent-Length: 5",
                             "Content-Length: 5\r\nContent-Length: 5",
                             "Content-Length: 5\r\nContent-Length: 6",
                             "Content-Length: 5, 5",
                             "Content-Length: +5",
                             "Content-Length: -5",
                             "Content-Length: 0x5",
                             "Content-Length: 5 5",
                             "Content-Length:",
                             "Content-Length: 99999999999999999999999",
                             "Content-Length: 18446744073709551617",
                             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                             "Content-Length : 5",
                             "Transfer-Encoding : chunked",
                             "Transfer-Encoding: \x0b"
                             "chunked",
                             "Content-Length: 5\r\n Transfer-Encoding: chunked",
                             "X: y\r\n\tContent-Length: 5",
                             "X: y\nContent-Length: 5",
                             "X: y\rContent-Length: 5"}) {
    EXPECT_EQ(fault_of("POST / HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n\r\n0\r\n\r\nhello"), 400)
        << fields;
  }
  for (const char* coding :
       {"gzip", "gzip, chunked", "identity", "chunked, gzip", "chunked, chunked", "xchunked", "\"chunked\"", ""}) {
    const int status = fault_of("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + std::string(coding) + "\r\n\r\n");
    EXPECT_TRUE(status == 501 || status == 400) << coding << ' ' << status;
  }
  EXPECT_EQ(fault_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
}

TEST(RequestReader, RefusesMalformedFields) {
  for (const char* field : {"No colon", ": empty", "Bad name: x", "Na\x01me: x",
                            "X: a\x01"
                            "b",
                            "X: a\x7F"
                            "b",
                            "X(y): z", "\xC3\xA9: x"}) {
    EXPECT_EQ(fault_of("GET / HTTP/1.1\r\nHost: x\r\n" + std::string(field) + "\r\n\r\n"), 400) << field;
  }
  using namespace std::string_literals;
  const std::string with_nul = "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"s;
  EXPECT_EQ(fault_of(with_nul), 400);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\nHost: x\n\n"), 400);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\nHost: x\r\nX: y\n\r\n"), 400);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\nHost: x\r\n\n"), 400);
}

TEST(RequestReader, WantsExactlyOneHost) {
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\nHost: u@h\r\n\r\n"), 400);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400);
  EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n").at, progress::done);
  EXPECT_EQ(read("GET / HTTP/1.1\r\nHost:\r\n\r\n").at, progress::done);
  EXPECT_EQ(read("GET / HTTP/1.0\r\n\r\n").at, progress::done);
}

TEST(RequestReader, RefusesBadChunks) {
  for (const char* body :
       {"5\r\nhelloX\r\n0\r\n\r\n", "g\r\n", "\r\n", "-1\r\n", "0x5\r\nhello\r\n", "5 \r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "11111111111111111\r\n",
        "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n", "5;\r\nhello\r\n0\r\n\r\n", "5;a=\x01\r\nhello\r\n0\r\n\r\n",
        "0\r\nContent-Length: 5\r\n\r\n", "0\r\nX: a\r\n b\r\n\r\n", "0\r\nbad trailer\r\n\r\n"}) {
    EXPECT_EQ(
        fault_of("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body) + "\r\n\r\n"),
        400)
        << body;
  }
}

TEST(RequestReader, HoldsTheHeadToItsLimit) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
  const std::string end = "\r\n\r\n";
  const auto head_of = [&](std::size_t size) {
    return begin + std::string(size - begin.size() - end.size(), 'x') + end;
  };
  EXPECT_EQ(read(head_of(head_most)).at, progress::done);
  EXPECT_EQ(fault_of(head_of(head_most + 1)), 431);
  EXPECT_EQ(fault_of("GET /" + std::string(2 * head_most, 'x')), 431);
}

TEST(RequestReader, HoldsTheBodyToItsLimit) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::string full(body_most, 'x');
  EXPECT_EQ(read(head + "Content-Length: 1000\r\n\r\n" + full).at, progress::done);
  EXPECT_EQ(fault_of(head + "Content-Length: 1001\r\n\r\n"), 413);
  EXPECT_EQ(fault_of(head + "Content-Length: 9999999999999999999\r\n\r\n"), 413);
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(read(chunked + "3e8\r\n" + full + "\r\n0\r\n\r\n").at, progress::done);
  EXPECT_EQ(fault_of(chunked + "3e9\r\n"), 413);
  EXPECT_EQ(fault_of(chunked + "3e8\r\n" + full + "\r\n1\r\nx\r\n"), 413);
  EXPECT_EQ(fault_of(chunked + "ffffffffffffffff\r\n"), 413);
}

TEST(RequestReader, HoldsChunkLinesAndTrailersToTheHeadsLimit) {
  const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(fault_of(chunked + "1;a=" + std::string(2 * head_most, 'b')), 400);
  EXPECT_EQ(fault_of(chunked + "1;a=\"" + std::string(2 * head_most, 'b')), 400);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 200; ++i) trailers += "X: y\r\n";
  EXPECT_EQ(fault_of(chunked + trailers), 400);
}

TEST(RequestReader, KnowsWhoWaitsForAContinue) {
  request_reader reader(head_most, body_most);
  std::size_t used = 0;
  EXPECT_EQ(reader.feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n", used),
            progress::need_more);
  EXPECT_FALSE(reader.wants_continue());
  EXPECT_EQ(reader.feed("\r\n", used), progress::need_more);
  EXPECT_TRUE(reader.wants_continue());
  EXPECT_EQ(reader.feed("h", used), progress::need_more);
  EXPECT_FALSE(reader.wants_continue());
  EXPECT_EQ(reader.feed("i", used), progress::done);

  reader.start();
  EXPECT_EQ(reader.feed("GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n", used), progress::done);
  EXPECT_FALSE(reader.wants_continue());
  reader.start();
  EXPECT_EQ(reader.feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n", used),
            progress::failed);
  EXPECT_FALSE(reader.wants_continue());
  EXPECT_EQ(fault_of("POST / HTTP/1.1\r\nHost: x\r\nExpect: the-moon\r\n\r\n"), 417);
  EXPECT_EQ(read("GET / HTTP/1.0\r\nExpect: the-moon\r\n\r\n").at, progress::done);
}

TEST(RequestReader, KnowsWhoStays) {
  EXPECT_TRUE(read("GET / HTTP/1.1\r\nHost: x\r\n\r\n").keep_alive);
  EXPECT_FALSE(read("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").keep_alive);
  EXPECT_FALSE(read("GET / HTTP/1.1\r\nHost: x\r\nConnection: a, Close\r\n\r\n").keep_alive);
  EXPECT_FALSE(read("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
  EXPECT_FALSE(read("GET / HTTP/1.1\r\n\r\n").keep_alive);
}

TEST(RequestReader, TrailersSayNothingOfTheConnection) {
  const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_TRUE(read(chunked + "0\r\nConnection: close\r\n\r\n").keep_alive);
}

TEST(RequestReader, FailsOnceAndForAll) {
  request_reader reader(head_most, body_most);
  std::size_t used = 0;
  EXPECT_EQ(reader.feed("nonsense\r\n\r\n", used), progress::failed);
  EXPECT_FALSE(reader.fault().empty());
  EXPECT_EQ(reader.feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n", used), progress::failed);
  EXPECT_EQ(used, 0U);
}

}  // namespace
}  // namespace enlace
