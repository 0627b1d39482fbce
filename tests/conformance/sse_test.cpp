// Event streams from web-platform-tests and the HTML standard's text: each must give the same events, the same id to go
// on from and the same time to wait, in however many pieces it comes.
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "codec/sse_decoder.hpp"
#include "conformance/cases.hpp"
#include "conformance/reply_corpus.hpp"

namespace enlace {
namespace {

/// What a decoder made of a stream.
struct heard {
  struct one {
    std::string type;
    std::string data;
    std::string id;
    bool operator==(const one&) const = default;
  };
  std::vector<one> events;
  std::string last_id;
  std::optional<std::chrono::milliseconds> retry;
  bool refused = false;
  bool operator==(const heard&) const = default;
};

class listener {
 public:
  /// The piece is a copy of its own, so that a sanitizer sees what is read beyond it or after it is gone.
  void feed(std::string_view piece) {
    const std::vector<char> own(piece.begin(), piece.end());
    std::string_view bytes(own.data(), own.size());
    decoded got = decoder_.next(bytes);
    for (; got == decoded::event; got = decoder_.next(bytes)) {
      const stream_event& event = decoder_.event();
      so_far_.events.push_back({std::string(event.type), std::string(event.data), std::string(event.id)});
    }
    so_far_.refused = got != decoded::need_more || !bytes.empty();
  }
  heard result() {
    so_far_.last_id = decoder_.last_event_id();
    so_far_.retry = decoder_.retry();
    return so_far_;
  }

 private:
  sse_decoder decoder_{1U << 16};
  heard so_far_;
};

heard hear_split(std::string_view body, std::size_t at) {
  listener one;
  one.feed(body.substr(0, at));
  one.feed(body.substr(at));
  return one.result();
}

std::optional<boost::json::value> stream_cases() { return test::conformance_cases("sse/wpt-eventsource.json"); }

std::string text_at(const boost::json::value& of, std::string_view name) {
  return std::string(of.at(name).as_string());
}

TEST(SseConformance, GivesTheEvents) {
  const std::optional<boost::json::value> file = stream_cases();
  if (!file) GTEST_SKIP() << "the conformance cases are not here";
  std::size_t events = 0;
  for (const boost::json::value& c : file->at("cases").as_array()) {
    const std::string id = text_at(c, "id");
    const std::string body = test::from_base64(c.at("body_base64").as_string());
    const heard got = hear_split(body, body.size());
    EXPECT_FALSE(got.refused) << id;
    const boost::json::array& wanted = c.at("events").as_array();
    ASSERT_EQ(got.events.size(), wanted.size()) << id;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_EQ(got.events[i].type, text_at(wanted[i], "type")) << id;
      EXPECT_EQ(got.events[i].data, text_at(wanted[i], "data")) << id;
      EXPECT_EQ(got.events[i].id, text_at(wanted[i], "lastEventId")) << id;
    }
    events += wanted.size();
  }
  // So that a change of the file's form does not pass as agreement.
  EXPECT_GT(events, 40U);
}

TEST(SseConformance, SaysHowToConnectAgain) {
  const std::optional<boost::json::value> file = stream_cases();
  if (!file) GTEST_SKIP() << "the conformance cases are not here";
  std::size_t times = 0;
  std::size_t ids = 0;
  for (const boost::json::value& c : file->at("cases").as_array()) {
    const std::string id = text_at(c, "id");
    const std::string body = test::from_base64(c.at("body_base64").as_string());
    const heard got = hear_split(body, body.size());
    if (const boost::json::value* retry = c.as_object().if_contains("retry")) {
      std::optional<std::chrono::milliseconds> wanted;
      if (!retry->is_null()) wanted.emplace(retry->to_number<int>());
      EXPECT_EQ(got.retry, wanted) << id;
      ++times;
    }
    if (c.as_object().contains("reconnect_last_event_id")) {
      EXPECT_EQ(got.last_id, text_at(c, "reconnect_last_event_id")) << id;
      ++ids;
    }
  }
  EXPECT_GT(times, 10U);
  EXPECT_GT(ids, 5U);
}

TEST(SseConformance, HearsSplitInputAsWhole) {
  const std::optional<boost::json::value> file = stream_cases();
  if (!file) GTEST_SKIP() << "the conformance cases are not here";
  for (const boost::json::value& c : file->at("cases").as_array()) {
    const std::string id = text_at(c, "id");
    const std::string body = test::from_base64(c.at("body_base64").as_string());
    const heard whole = hear_split(body, body.size());
    for (std::size_t at = 0; at < body.size(); ++at) {
      ASSERT_TRUE(hear_split(body, at) == whole) << id << " split at " << at;
    }
    listener bytewise;
    for (std::size_t at = 0; at < body.size(); ++at) bytewise.feed(std::string_view(body).substr(at, 1));
    EXPECT_TRUE(bytewise.result() == whole) << id << " byte by byte";
  }
}

}  // namespace
}  // namespace enlace
