#include "codec/response_head.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

struct parsed {
  response_head head;
  headers fields;
  std::string wrong;
};

parsed parse(const std::string& first_line, const std::string& lines) {
  parsed out;
  out.wrong = parse_response_head(first_line + "\r\n" + lines + "\r\n", first_line.size() + 2, out.head, out.fields);
  return out;
}

TEST(ResponseHead, SaysNothingWhereNothingIsSaid) {
  const parsed got = parse("HTTP/1.1 200 OK", "");
  EXPECT_EQ(got.wrong, "");
  EXPECT_EQ(got.head.status, 200);
  EXPECT_FALSE(got.head.length || got.head.chunked || got.head.coded || got.head.doubtful);
  EXPECT_TRUE(got.head.persistent());
  EXPECT_TRUE(got.fields.empty());
}

TEST(ResponseHead, TellsTheFraming) {
  const parsed got =
      parse("HTTP/1.0 500 Oh",
            "CONTENT-length:  0012\t\r\ncontent-ENCODING: gzip\r\nConnection: x ,, Keep-Alive\r\nA:b:c\r\n");
  EXPECT_EQ(got.wrong, "");
  EXPECT_EQ(got.head.length, 12U);
  EXPECT_TRUE(got.head.coded);
  EXPECT_TRUE(got.head.keep_alive);
  EXPECT_TRUE(got.head.persistent());
  EXPECT_EQ(got.fields.get("a"), "b:c");
  EXPECT_TRUE(parse("HTTP/1.1 200", "transfer-encoding: CHUNKED\r\n").head.chunked);
}

TEST(ResponseHead, DoubtsAReasonThatMayHoldLines) {
  const parsed got = parse("HTTP/1.1 200 OK\rContent-Length: 4", "Content-Length: 0\r\n");
  EXPECT_EQ(got.wrong, "");
  EXPECT_TRUE(got.head.doubtful);
  EXPECT_FALSE(got.head.persistent());
}

TEST(ResponseHead, TakesTheLargestLength) {
  EXPECT_EQ(parse("HTTP/1.1 200", "Content-Length: 18446744073709551615\r\n").head.length, 18446744073709551615U);
}

TEST(ResponseHead, KeepsNoFieldsOfInterimAnswers) {
  const parsed got = parse("HTTP/1.1 103 Early", "Link: </a>\r\nContent-Length: 5\r\n");
  EXPECT_TRUE(got.fields.empty());
  EXPECT_EQ(got.head.length, 5U);
}

TEST(ResponseHead, ForgetsTheHeadBefore) {
  response_head head;
  headers fields;
  const std::string_view first = "HTTP/1.1 100 C\r\nContent-Length: 5\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(parse_response_head(first, 16, head, fields), "");
  EXPECT_EQ(parse_response_head("HTTP/1.1 200 O\r\n\r\n", 16, head, fields), "");
  EXPECT_TRUE(head.persistent());
  EXPECT_FALSE(head.length);
}

TEST(ResponseHead, FindsAControlWhereverItIs) {
  for (std::size_t size = 1; size < 40; ++size) {
    const std::string value(size, 'v');
    ASSERT_EQ(parse("HTTP/1.1 200", "N: " + value + "\r\n").wrong, "");
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        if (byte == '\n') continue;  // ends the line, which is the scanner's business
        std::string with = value;
        with[at] = static_cast<char>(byte);
        const bool refused = !parse("HTTP/1.1 200", "N: " + with + "\r\n").wrong.empty();
        EXPECT_EQ(refused, (byte < 0x20 && byte != '\t') || byte == 0x7F) << size << ' ' << at << ' ' << byte;
      }
    }
  }
}

TEST(ResponseHead, TakesAllBytesTogetherThatItTakesAlone) {
  std::string value;
  for (int byte = 0x20; byte < 256; ++byte) {
    if (byte != 0x7F) value += static_cast<char>(byte);
  }
  value = "v" + value + "\t" + value + "v";
  const parsed got = parse("HTTP/1.1 200", "N: " + value + "\r\n");
  EXPECT_EQ(got.wrong, "");
  EXPECT_EQ(got.fields.get("N"), value);
}

}  // namespace
}  // namespace enlace
