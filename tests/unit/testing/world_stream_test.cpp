#include <chrono>
#include <string>
#include <vector>

#include <enlace/testing/world.hpp>
#include <gtest/gtest.h>

namespace enlace::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* chat = "http://llm:8000/chat";

std::vector<std::string> tokens(int count) {
  std::vector<std::string> all;
  for (int n = 1; n <= count; ++n) all.push_back("id: " + std::to_string(n) + "\ndata: " + std::to_string(n) + "\n\n");
  return all;
}

/// A service that says `count` tokens, from the one after the last that the caller had; one each 100 ms.
void speaks(world& in, int count) {
  in.at("llm:8000").answers([count](const received& asked) {
    const std::string from(asked.fields.get("Last-Event-ID").value_or("0"));
    std::vector<std::string> all = tokens(count);
    all.erase(all.begin(), all.begin() + std::stoi(from));
    return answer().streams("text/event-stream", std::move(all), 100ms);
  });
}

std::string detail(const started_stream& stream, std::string_view name) {
  const json::value* found = stream.ending->error().details.if_contains(name);
  return found == nullptr ? "" : found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

class events_seen final : public observer {
 public:
  void on_stream(const started_stream& began) override { order += "begins " + std::to_string(began.id) + "; "; }
  void on_piece(const received& of, std::string_view bytes) override {
    if (of.call == 1) bytes_came += bytes.size();
  }
  void on_body_end(const received& /*of*/, wire_failure how) override { order += std::string(name_of(how)) + "; "; }
  void on_event(const started_stream& by) override { order += by.events.back().data + "; "; }
  void on_stream_end(const started_stream& ended) override { order += std::string(name_of(ended.how)); }
  std::string order;
  std::size_t bytes_came = 0;
};

TEST(WorldStream, IsReadAsItComes) {
  world in;
  speaks(in, 3);
  const auto seen = std::make_shared<events_seen>();
  in.watch(seen);
  const auto stream = in.start_stream(post(chat).tenant("acme"));
  in.run_for(150ms);
  EXPECT_EQ(stream->events.size(), 2U);
  EXPECT_TRUE(stream->waits_since);
  EXPECT_FALSE(stream->over());
  in.run();
  EXPECT_EQ(stream->how, stream_end::finished);
  ASSERT_EQ(stream->events.size(), 3U);
  EXPECT_EQ(stream->events[2].id, "3");
  EXPECT_EQ(stream->events[2].type, "message");
  EXPECT_GE(stream->events[2].at - stream->events[1].at, 95ms);
  EXPECT_EQ(stream->operation, "llm_stream");
  EXPECT_EQ(stream->tenant, "acme");
  EXPECT_EQ(stream->attempts, 1);
  EXPECT_EQ(stream->executed, 1);
  EXPECT_EQ(seen->order, "begins 1; 1; 2; 3; none; finished");
  EXPECT_EQ(seen->bytes_came, 3 * std::string("id: 1\ndata: 1\n\n").size());
  in.check_end();
  EXPECT_TRUE(in.violations().empty());
}

TEST(WorldStream, ASlowReaderMakesItLast) {
  world in;
  speaks(in, 4);
  stream_reader slow;
  slow.pause = 10s;
  const auto stream = in.start_stream(post(chat).timeout(25s), slow);
  in.run();
  // The deadline is nobody's while the reader pauses; at the next look the stream is over.
  EXPECT_EQ(stream->how, stream_end::timed_out);
  EXPECT_EQ(detail(*stream, "error"), "stream_timeout");
  EXPECT_EQ(stream->events.size(), 3U);
  EXPECT_GE(in.elapsed(), 30s);
  EXPECT_TRUE(in.violations().empty());
}

TEST(WorldStream, IsDropped) {
  world in;
  speaks(in, 100);
  stream_reader few;
  few.drop_after = 3;
  const auto counted = in.start_stream(post(chat), few);
  in.run();
  EXPECT_TRUE(counted->dropped);
  EXPECT_FALSE(counted->ending);
  EXPECT_EQ(counted->events.size(), 3U);
  EXPECT_EQ(in.in_flight(), 0);
  stream_reader slow;
  slow.pause = 10s;
  const auto pausing = in.start_stream(post(chat), slow);
  const auto waiting = in.start_stream(post(chat));
  in.run_for(1s);
  EXPECT_EQ(in.in_flight(), 2);
  const time_point now = in.time().now();
  pausing->drop();
  waiting->drop();
  in.run();
  EXPECT_EQ(pausing->ended, now) << "while its reader pauses";
  EXPECT_LE(waiting->ended, now + 105ms) << "with the next event";
  EXPECT_EQ(in.in_flight(), 0);
  in.check_end();
  EXPECT_TRUE(in.violations().empty());
}

TEST(WorldStream, IsCancelled) {
  world in;
  speaks(in, 100);
  stream_reader slow;
  slow.pause = 10s;
  const auto reading = in.start_stream(post(chat));
  const auto pausing = in.start_stream(post(chat), slow);
  in.run_for(1s);
  const time_point now = in.time().now();
  reading->cancel(now);
  pausing->cancel(now);
  in.run();
  EXPECT_EQ(reading->how, stream_end::cancelled);
  EXPECT_EQ(pausing->how, stream_end::cancelled);
  EXPECT_EQ(reading->ended, now);
  EXPECT_EQ(pausing->ended, now);
  EXPECT_TRUE(in.violations().empty());
}

TEST(WorldStream, BreaksAndStalls) {
  world in;
  speaks(in, 10);
  in.at("llm:8000").fares(conditions{.truncated = 1});
  const auto cut = in.start_stream(post(chat));
  in.run();
  EXPECT_EQ(cut->how, cut->events.empty() ? stream_end::failed : stream_end::interrupted);
  in.at("llm:8000").fares(conditions{.stalling = 1});
  const auto silent = in.start_stream(post(chat).between_events_timeout(2s).first_event_timeout(3s));
  in.run();
  EXPECT_EQ(silent->how, silent->events.empty() ? stream_end::failed : stream_end::timed_out);
  EXPECT_TRUE(in.violations().empty());
}

TEST(WorldStream, ARestartInTheMiddleBreaksIt) {
  world in;
  speaks(in, 10);
  const auto stream = in.start_stream(post(chat));
  in.run_for(450ms);
  in.at("llm:8000").restarts(1s);
  in.run();
  EXPECT_EQ(stream->how, stream_end::interrupted);
  EXPECT_EQ(detail(*stream, "last_event_id"), std::to_string(stream->events.size()));
}

TEST(WorldStream, GoesOnAfterABreak) {
  world in;
  speaks(in, 10);
  const auto stream = in.start_stream(post(chat).resume());
  in.run_for(450ms);
  in.at("llm:8000").restarts(0s);
  in.run();
  EXPECT_EQ(stream->how, stream_end::finished);
  EXPECT_EQ(stream->attempts, 2);
  ASSERT_EQ(stream->events.size(), 10U);
  for (int n = 1; n <= 10; ++n) EXPECT_EQ(stream->events[static_cast<std::size_t>(n - 1)].id, std::to_string(n));
  EXPECT_TRUE(in.violations().empty()) << "executed twice, as it was asked to go on";
}

TEST(WorldStream, WhoDiesLooksDoneWhereNothingElseTellsTheEnd) {
  world in;
  in.at("llm:8000")
      .answers(
          [](const received&) { return answer().streams("text/plain", {std::string(1000, 'x')}, 0s).until_close(); })
      .fares(conditions{.truncated = 1});
  const auto stream = in.start_stream(get(chat));
  in.run();
  EXPECT_EQ(stream->how, stream_end::finished);
  ASSERT_EQ(stream->events.size(), 1U);
  EXPECT_LT(stream->events[0].data.size(), 1000U);
}

TEST(WorldStream, NoticesWhatIsLeft) {
  world in;
  speaks(in, 100);
  in.start_stream(post(chat));
  in.run_for(1s);
  in.check_end();
  ASSERT_FALSE(in.violations().empty());
  EXPECT_EQ(in.violations()[0].promise, "one reply");
}

}  // namespace
}  // namespace enlace::testing
