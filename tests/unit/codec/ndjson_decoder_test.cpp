#include "codec/ndjson_decoder.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

/// The lines, each with "|" behind it, and how it ended.
std::string lines_of(ndjson_decoder& decoder, std::string_view bytes) {
  std::string text;
  decoded got = decoder.next(bytes);
  for (; got == decoded::event; got = decoder.next(bytes)) {
    EXPECT_TRUE(decoder.event().type.empty() && decoder.event().id.empty());
    text.append(decoder.event().data).append("|");
  }
  EXPECT_TRUE(bytes.empty());
  return got == decoded::need_more ? text : text + "too large";
}

std::string end_of(ndjson_decoder& decoder) {
  const decoded got = decoder.finish();
  if (got == decoded::need_more) return {};
  return got == decoded::event ? std::string(decoder.event().data) + '$' : "too large";
}

std::string whole(std::string_view bytes, std::size_t limit = 1000) {
  ndjson_decoder decoder(limit);
  std::string text = lines_of(decoder, bytes);
  return text + end_of(decoder);
}

std::string bytewise(std::string_view bytes, std::size_t limit = 1000) {
  ndjson_decoder decoder(limit);
  std::string text;
  for (const char& byte : bytes) text += lines_of(decoder, std::string_view(&byte, 1));
  return text + end_of(decoder);
}

TEST(NdjsonDecoder, IsSmall) { static_assert(sizeof(ndjson_decoder) <= 96); }

TEST(NdjsonDecoder, StopsBehindEachLine) {
  ndjson_decoder decoder(1000);
  const std::string_view body = "{\"a\":1}\n{\"b\":2}\r\n{";
  std::string_view bytes = body;
  EXPECT_EQ(decoder.next(bytes), decoded::event);
  EXPECT_EQ(decoder.event().data, "{\"a\":1}");
  EXPECT_EQ(decoder.event().data.data(), body.data());
  EXPECT_EQ(bytes, "{\"b\":2}\r\n{");
  EXPECT_EQ(decoder.next(bytes), decoded::event);
  EXPECT_EQ(decoder.event().data, "{\"b\":2}");
  EXPECT_TRUE(decoder.between_events());
  EXPECT_EQ(decoder.next(bytes), decoded::need_more);
  EXPECT_TRUE(bytes.empty());
  EXPECT_FALSE(decoder.between_events());
}

TEST(NdjsonDecoder, ReadsSplitInputAsWhole) {
  const std::string_view body = "\xEF\xBB\xBF{}\n\n \t\r\n[1]\r\n\r\n\xEF\xBB\xBF\na\rb\r\r\nlast";
  const std::string_view wanted = "{}|[1]|\xEF\xBB\xBF|a\rb\r|last$";
  EXPECT_EQ(whole(body), wanted);
  EXPECT_EQ(bytewise(body), wanted);
  for (std::size_t at = 0; at <= body.size(); ++at) {
    ndjson_decoder decoder(1000);
    std::string text = lines_of(decoder, body.substr(0, at));
    text += lines_of(decoder, body.substr(at));
    EXPECT_EQ(text + end_of(decoder), wanted) << at;
  }
}

TEST(NdjsonDecoder, TheEndIsAnEventOnlyWhereALineIsOpen) {
  EXPECT_EQ(whole(""), "");
  EXPECT_EQ(whole("a\n"), "a|");
  EXPECT_EQ(whole("a"), "a$");
  EXPECT_EQ(whole("a\r"), "a$");
  EXPECT_EQ(whole(" \r"), "");
  EXPECT_EQ(whole("\xEF\xBB\xBF"), "");
  ndjson_decoder decoder(1000);
  EXPECT_EQ(lines_of(decoder, "a"), "");
  EXPECT_EQ(end_of(decoder), "a$");
  EXPECT_TRUE(decoder.between_events());
  EXPECT_EQ(end_of(decoder), "");
}

TEST(NdjsonDecoder, HoldsEachLineToTheLimit) {
  for (const auto read : {+whole, +bytewise}) {
    EXPECT_EQ(read("0123\n0123\r\n0123", 4), "0123|0123|0123$");
    EXPECT_EQ(read("0123\r", 4), "0123$");
    EXPECT_TRUE(read("01234\n", 4).starts_with("too large"));
    EXPECT_TRUE(read("01234", 4).starts_with("too large"));
    EXPECT_TRUE(read("0123\r\r\n", 4).starts_with("too large"));
    EXPECT_TRUE(read("0123\rx\n", 4).starts_with("too large"));
    EXPECT_TRUE(read("a\n     \nb\n", 4).starts_with("a|too large"));
  }
}

TEST(NdjsonDecoder, StaysTooLargeUntilItIsReset) {
  ndjson_decoder decoder(4);
  EXPECT_EQ(lines_of(decoder, "a\n01234\nb\n"), "a|too large");
  EXPECT_EQ(lines_of(decoder, "b\n"), "too large");
  EXPECT_EQ(lines_of(decoder, ""), "too large");
  EXPECT_EQ(end_of(decoder), "too large");
  decoder.reset();
  EXPECT_EQ(lines_of(decoder,
                     "\xEF\xBB\xBF"
                     "b\n"),
            "b|");
}

TEST(NdjsonDecoder, AResetDropsTheUnfinished) {
  ndjson_decoder decoder(1000);
  lines_of(decoder, "a\nb");
  decoder.reset();
  EXPECT_TRUE(decoder.between_events());
  EXPECT_EQ(lines_of(decoder, "c\n"), "c|");
}

}  // namespace
}  // namespace enlace
