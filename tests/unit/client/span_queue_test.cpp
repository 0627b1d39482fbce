#include "client/span_queue.hpp"

#include <string>

#include <enlace/json.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

span_queue queue_of(std::size_t most, std::size_t batch) { return {otlp_resource{"shop", "1", "i"}, most, batch}; }

std::size_t spans_in(const std::string& text) {
  const result<json::value> read = parse_json(text);
  EXPECT_TRUE(read) << text;
  return read ? read->at_pointer("/resourceSpans/0/scopeSpans/0/spans").as_array().size() : 0;
}

TEST(SpanQueue, GivesWholeRequestsTheOldestFirst) {
  span_queue queue = queue_of(10, 2);
  EXPECT_EQ(queue.take().spans, 0U);
  for (std::size_t i = 1; i <= 3; ++i) EXPECT_EQ(queue.push(R"({"name":")" + std::to_string(i) + "\"}"), i);
  EXPECT_EQ(queue.waiting(), 3U);
  const span_batch first = queue.take();
  EXPECT_EQ(first.spans, 2U);
  EXPECT_EQ(spans_in(first.text), 2U);
  EXPECT_NE(first.text.find(R"({"name":"1"},{"name":"2"})"), std::string::npos) << first.text;
  span_batch second = queue.take();
  EXPECT_EQ(second.spans, 1U);
  EXPECT_EQ(spans_in(second.text), 1U);
  EXPECT_EQ(queue.waiting(), 0U);
  queue.recycle(std::move(second.text));
  EXPECT_EQ(queue.push(R"({"name":"4"})"), 1U);
  EXPECT_EQ(spans_in(queue.take().text), 1U) << "a text that is used again begins anew";
}

TEST(SpanQueue, PlacesAreHeldUntilGivenBack) {
  span_queue queue = queue_of(2, 2);
  EXPECT_TRUE(queue.reserve());
  EXPECT_TRUE(queue.reserve());
  EXPECT_FALSE(queue.reserve());
  EXPECT_EQ(queue.push("{}"), 1U);
  EXPECT_EQ(queue.push("{}"), 2U);
  EXPECT_EQ(queue.take().spans, 2U);
  EXPECT_FALSE(queue.reserve()) << "they are on their way";
  queue.give_back(2);
  EXPECT_TRUE(queue.reserve());
  EXPECT_EQ(queue.held(), 1U);
}

TEST(SpanQueue, TakesNothingOnceClosed) {
  span_queue queue = queue_of(4, 2);
  for (std::size_t i = 1; i <= 3; ++i) EXPECT_EQ(queue.push("{}"), i);
  queue.close();
  EXPECT_EQ(queue.push("{}"), 0U);
  EXPECT_EQ(queue.drop(), 3U);
  EXPECT_EQ(queue.take().spans, 0U);
}

}  // namespace
}  // namespace enlace
