// Answers whose body is taken as it comes.
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/response_reader.hpp"

namespace enlace {
namespace {

using ::testing::ElementsAre;
using progress = response_reader::progress;

/// What comes of an answer that is handed in piece by piece.
class taken {
 public:
  explicit taken(std::string_view accept_encoding = {}) {
    if (!accept_encoding.empty()) fields_.add("Accept-Encoding", accept_encoding);
    request_.method = "GET";
    request_.fields = &fields_;
    reader.start_pieces(in, request_);
  }
  progress feed(std::string_view bytes) {
    // Bytes of its own, so that a sanitizer sees a view kept into an older one.
    held_ = std::vector<char>(bytes.begin(), bytes.end());
    const std::string_view own(held_.data(), held_.size());
    if (!head_) {
      std::size_t used = 0;
      head_ = reader.feed(own, used) == progress::head;
      if (!head_) return reader.where();
    } else {
      reader.more(own);
    }
    for (std::string_view piece = reader.next_piece(); !piece.empty(); piece = reader.next_piece()) {
      pieces.emplace_back(piece);
      body.append(piece);
    }
    return reader.where();
  }

  response_reader reader;
  incoming in;
  std::vector<std::string> pieces;
  std::string body;

 private:
  headers fields_;
  outgoing request_;
  std::vector<char> held_;
  bool head_ = false;
};

constexpr std::string_view chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n";

TEST(ResponsePieces, ChunksComeAsTheyAre) {
  taken all;
  EXPECT_EQ(all.feed(chunked), progress::done);
  EXPECT_THAT(all.pieces, ElementsAre("first", "second"));
  EXPECT_TRUE(all.reader.reusable());
  EXPECT_FALSE(all.in.ends_with_connection);
  EXPECT_TRUE(all.in.body.empty());
}

TEST(ResponsePieces, AnyPartsGiveTheSameBody) {
  for (std::size_t size = 1; size < chunked.size(); ++size) {
    taken all;
    progress at = progress::need_more;
    for (std::size_t from = 0; from < chunked.size(); from += size) at = all.feed(chunked.substr(from, size));
    EXPECT_EQ(at, progress::done) << size;
    EXPECT_EQ(all.body, "firstsecond") << size;
    EXPECT_TRUE(all.reader.reusable()) << size;
  }
}

TEST(ResponsePieces, ALengthMayBeAnything) {
  taken all;
  EXPECT_EQ(all.feed("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nab"), progress::head);
  EXPECT_EQ(all.feed("c"), progress::head);
  EXPECT_EQ(all.body, "abc");
  EXPECT_EQ(all.reader.finish(), progress::failed);
  EXPECT_EQ(all.in.failure, wire_failure::truncated);
}

TEST(ResponsePieces, AnEmptyBodyIsOverAtOnce) {
  taken none;
  EXPECT_EQ(none.feed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), progress::done);
  EXPECT_TRUE(none.reader.reusable());
  taken no_content;
  std::size_t used = 0;
  EXPECT_EQ(no_content.reader.feed("HTTP/1.1 204 No Content\r\n\r\n", used), progress::done);
}

TEST(ResponsePieces, OnlyTheEndOfTheConnectionMayEndIt) {
  taken all;
  EXPECT_EQ(all.feed("HTTP/1.1 200 OK\r\n\r\nab"), progress::head);
  EXPECT_EQ(all.feed("cd"), progress::head);
  EXPECT_TRUE(all.in.ends_with_connection);
  EXPECT_EQ(all.reader.finish(), progress::done);
  EXPECT_EQ(all.body, "abcd");
  EXPECT_FALSE(all.reader.reusable());
}

TEST(ResponsePieces, WhatFollowsMakesTheConnectionUseless) {
  taken all;
  EXPECT_EQ(all.feed(std::string(chunked) + "HTTP/1.1 200"), progress::done);
  EXPECT_FALSE(all.reader.reusable());
}

TEST(ResponsePieces, BadChunksFail) {
  taken all;
  EXPECT_EQ(all.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nnonsense\r\n"), progress::failed);
  EXPECT_EQ(all.body, "ab");
  EXPECT_EQ(all.in.failure, wire_failure::malformed);
}

TEST(ResponsePieces, ACodingThatWasNotAcceptedFails) {
  constexpr std::string_view coded = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc";
  taken refused("identity");
  EXPECT_EQ(refused.feed(coded), progress::failed);
  EXPECT_EQ(refused.in.failure, wire_failure::content_encoding);
  taken asked("gzip");
  EXPECT_EQ(asked.feed(coded), progress::done);
  EXPECT_EQ(asked.body, "abc") << "as it came";
  EXPECT_EQ(asked.in.headers.get("Content-Encoding"), "gzip");
}

}  // namespace
}  // namespace enlace
