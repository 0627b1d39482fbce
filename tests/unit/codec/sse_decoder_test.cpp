#include "codec/sse_decoder.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

/// The events as "type:data#id;" in turn, and how it ended.
std::string all_of(sse_decoder& decoder, std::string_view bytes) {
  std::string text;
  decoded got = decoder.next(bytes);
  for (; got == decoded::event; got = decoder.next(bytes)) {
    const stream_event& event = decoder.event();
    text.append(event.type).append(":").append(event.data).append("#").append(event.id).append(";");
  }
  EXPECT_TRUE(bytes.empty());
  return got == decoded::need_more ? text : text + "too large";
}

std::string all_of(std::string_view bytes, std::size_t limit = 1000) {
  sse_decoder decoder(limit);
  return all_of(decoder, bytes);
}

std::string all_bytewise(std::string_view bytes, std::size_t limit = 1000) {
  sse_decoder decoder(limit);
  std::string text;
  for (const char& byte : bytes) text += all_of(decoder, std::string_view(&byte, 1));
  return text;
}

bool lies_in(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

TEST(SseDecoder, IsSmall) { static_assert(sizeof(sse_decoder) <= 200); }

TEST(SseDecoder, StopsBehindEachEvent) {
  sse_decoder decoder(1000);
  std::string_view bytes = "data: a\n\ndata: b\r\n\r\ndata: c";
  EXPECT_EQ(decoder.next(bytes), decoded::event);
  EXPECT_EQ(bytes, "data: b\r\n\r\ndata: c");
  EXPECT_EQ(decoder.event().data, "a");
  EXPECT_EQ(decoder.event().type, "message");
  EXPECT_EQ(decoder.next(bytes), decoded::event);
  EXPECT_EQ(decoder.event().data, "b");
  EXPECT_EQ(decoder.next(bytes), decoded::need_more);
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(decoder.next(bytes), decoded::need_more);
}

TEST(SseDecoder, TakesTheLineFeedBehindAnEventThatACarriageReturnEnds) {
  sse_decoder decoder(1000);
  std::string_view bytes = "data: a\r\n\r";
  EXPECT_EQ(decoder.next(bytes), decoded::event);
  EXPECT_EQ(decoder.event().data, "a");
  EXPECT_TRUE(decoder.between_events());
  bytes = "\ndata: b\r\r\n\n";
  EXPECT_EQ(decoder.next(bytes), decoded::event);
  EXPECT_EQ(decoder.event().data, "b");
  EXPECT_EQ(decoder.next(bytes), decoded::need_more);
}

TEST(SseDecoder, DoesNotCopyDataOfOneLine) {
  sse_decoder decoder(1000);
  const std::string body = "event: token\nid: 7\ndata: " + std::string(500, 'x') + "\n\n";
  std::string_view bytes = body;
  EXPECT_EQ(decoder.next(bytes), decoded::event);
  EXPECT_TRUE(lies_in(decoder.event().data, body));
  EXPECT_TRUE(lies_in(decoder.event().type, body));
  EXPECT_EQ(decoder.event().data.size(), 500U);
}

TEST(SseDecoder, PutsTogetherWhatComesInPieces) {
  const std::string_view body =
      "event: to\xC3\xB3ken\nid: 1\ndata: Hel\ndata: lo\n\nid\ndata:x\n\nevent: a\nevent: b\ndata\n\ndata: "
      "\xF0\x9F\x98\x80\n\n";
  const std::string_view wanted = "to\xC3\xB3ken:Hel\nlo#1;message:x#;b:#;message:\xF0\x9F\x98\x80#;";
  EXPECT_EQ(all_of(body), wanted);
  EXPECT_EQ(all_bytewise(body), wanted);
  for (std::size_t at = 0; at <= body.size(); ++at) {
    sse_decoder decoder(1000);
    std::string text = all_of(decoder, body.substr(0, at));
    text += all_of(decoder, body.substr(at));
    EXPECT_EQ(text, wanted) << at;
  }
}

TEST(SseDecoder, ReplacesWhatIsNotUtf8) {
  const std::string_view body = "event: \xE2\x82\nid: \xFF\ndata: a\xC3\ndata: \x80 b\n\ndata: c\n\n";
  const std::string_view wanted = "\xEF\xBF\xBD:a\xEF\xBF\xBD\n\xEF\xBF\xBD b#\xEF\xBF\xBD;message:c#\xEF\xBF\xBD;";
  EXPECT_EQ(all_of(body), wanted);
  EXPECT_EQ(all_bytewise(body), wanted);
}

TEST(SseDecoder, AnIdCountsOnceItsEventHasEnded) {
  sse_decoder decoder(1000);
  EXPECT_EQ(all_of(decoder, "id: 1\ndata: a\n\nid: 2\ndata: b\n"), "message:a#1;");
  EXPECT_EQ(decoder.last_event_id(), "1");
  EXPECT_EQ(all_of(decoder, "\n"), "message:b#2;");
  EXPECT_EQ(decoder.last_event_id(), "2");
  all_of(decoder, "id: 3\n\n");
  EXPECT_EQ(decoder.last_event_id(), "3");
  all_of(decoder, std::string_view("id: 4\0\ndata\n\n", 13));
  EXPECT_EQ(decoder.last_event_id(), "3");
  all_of(decoder, "id\n\n");
  EXPECT_EQ(decoder.last_event_id(), "");
}

TEST(SseDecoder, GoesOnFromAnId) {
  sse_decoder decoder(1000);
  decoder.last_event_id("41");
  EXPECT_EQ(all_of(decoder, "data: a\n\nid: 42\ndata: b\n\n"), "message:a#41;message:b#42;");
}

TEST(SseDecoder, AResetDropsTheUnfinishedAndKeepsTheId) {
  sse_decoder decoder(1000);
  EXPECT_EQ(all_of(decoder, "retry: 5\nid: 1\ndata: a\n\nevent: x\nid: 2\ndata: b\nda"), "message:a#1;");
  EXPECT_FALSE(decoder.between_events());
  decoder.reset();
  EXPECT_TRUE(decoder.between_events());
  EXPECT_EQ(decoder.last_event_id(), "1");
  EXPECT_EQ(decoder.retry(), 5ms);
  EXPECT_EQ(all_of(decoder,
                   "\xEF\xBB\xBF"
                   "data: c\n\n"),
            "message:c#1;");
}

TEST(SseDecoder, ForgetsACarriageReturnOfTheLastConnection) {
  sse_decoder decoder(1000);
  all_of(decoder, "data: a\r\r");
  decoder.reset();
  EXPECT_EQ(all_of(decoder, "\ndata: b\n\n"), "message:b#;");
}

TEST(SseDecoder, SaysHowLongToWait) {
  const auto retry_of = [](std::string_view bytes) {
    sse_decoder decoder(1000);
    all_of(decoder, bytes);
    return decoder.retry();
  };
  EXPECT_EQ(retry_of("data: a\n\n"), std::nullopt);
  EXPECT_EQ(retry_of("retry: 3000\n"), 3000ms);
  EXPECT_EQ(retry_of("retry:0\n"), 0ms);
  EXPECT_EQ(retry_of("retry: 10\nretry: 20\nretry: x\nretry: -1\nretry:\nretry\nretry: 1.5\n"), 20ms);
  EXPECT_EQ(retry_of("retry: 86400000\n"), 24h);
  EXPECT_EQ(retry_of("retry: 99999999999999999999999999\n"), 24h);
  EXPECT_EQ(retry_of("retry: 10"), std::nullopt);
}

TEST(SseDecoder, CountsComments) {
  sse_decoder decoder(1000);
  EXPECT_EQ(all_of(decoder, ": ping\n\n:\ndata: a\n: b\n\n: cut"), "message:a#;");
  EXPECT_EQ(decoder.comments(), 3U);
  EXPECT_EQ(all_of(decoder, " off\n"), "");
  EXPECT_EQ(decoder.comments(), 4U);
}

TEST(SseDecoder, KnowsWhetherItIsBetweenEvents) {
  const auto between = [](std::string_view bytes) {
    sse_decoder decoder(1000);
    all_of(decoder, bytes);
    return decoder.between_events();
  };
  for (const std::string_view bytes :
       {"", "\n", "data: a\n\n", "data: a\r\r", ": ping\n", "retry: 5\n", "unknown: x\n"}) {
    EXPECT_TRUE(between(bytes)) << bytes;
  }
  for (const std::string_view bytes :
       {"d", "data: a", "data: a\n", "data\r", "event: x\n", "id\n", "id: 1\n", ": pi"}) {
    EXPECT_FALSE(between(bytes)) << bytes;
  }
}

TEST(SseDecoder, HoldsEachLineToTheLimit) {
  const std::string data = "data: " + std::string(14, 'x');
  const std::string wanted = "message:" + std::string(14, 'x') + "#;";
  for (const auto read :
       {+[](std::string_view bytes, std::size_t limit) { return all_of(bytes, limit); }, +all_bytewise}) {
    EXPECT_EQ(read(data + "\n\n", 20), wanted);
    EXPECT_EQ(read(data + "\r\n\r\n", 20), wanted);
    EXPECT_TRUE(read(data + "\n\n", 19).starts_with("too large"));
    EXPECT_TRUE(read(data, 19).starts_with("too large"));
    EXPECT_TRUE(
        read(data + "\n\n: a comment that is too long\n" + data + "\n\n", 20).starts_with(wanted + "too large"));
  }
}

TEST(SseDecoder, HoldsAnEventToTheLimit) {
  EXPECT_EQ(all_of("data: 01234\ndata: 56789\n\ndata: a\n\n", 11), "message:01234\n56789#;message:a#;");
  EXPECT_EQ(all_of("data: 01234\ndata: 567890\n\ndata: a\n\n", 12), "message:01234\n567890#;message:a#;");
  EXPECT_EQ(all_of("data: 01234\ndata: 567890\n\ndata: a\n\n", 11), "too large");
  EXPECT_EQ(all_of("event: 01\nid: 23\ndata: 4567\n\n", 10), "01:4567#23;");
  EXPECT_EQ(all_of("event: 012\nid: 345\ndata: 67890\n", 10), "too large");
}

TEST(SseDecoder, StaysTooLargeUntilItIsReset) {
  sse_decoder decoder(10);
  EXPECT_EQ(all_of(decoder, "id: 1\ndata: a\n\ndata: 0123456789\n\ndata: b\n\n"), "message:a#1;too large");
  EXPECT_EQ(all_of(decoder, "\ndata: b\n\n"), "too large");
  EXPECT_EQ(all_of(decoder, ""), "too large");
  decoder.reset();
  EXPECT_EQ(all_of(decoder, "data: b\n\n"), "message:b#1;");
}

TEST(SseDecoder, AnEventOutlivesTheGrowthOfItsBuffers) {
  const std::string line(5000, 'x');
  const std::string body = "event: " + line + "\ndata: " + line + "\ndata: " + line + "\n\ndata: a\n\n";
  const std::string wanted = line + ':' + line + '\n' + line + "#;message:a#;";
  EXPECT_EQ(all_of(body, 100'000), wanted);
  EXPECT_EQ(all_bytewise(body, 100'000), wanted);
}

}  // namespace
}  // namespace enlace
