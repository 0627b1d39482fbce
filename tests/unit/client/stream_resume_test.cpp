// Streams that are asked for again after a break.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/client/stream_pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
using testing::body_end;
using ::testing::ElementsAre;

std::string last_event_id_of(const sent_attempt& attempt) {
  return std::string(attempt.fields.get("Last-Event-ID").value_or("(none)"));
}

TEST(StreamResume, GoesOnAfterTheLastEvent) {
  pipeline on;
  on.script = {sse_answer(sse_events(2), 100ms, body_end::broken), sse_answer({sse(3), sse(4)})};
  const auto got = read_stream::whole(on, post(here).resume());
  EXPECT_THAT(got->data, ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(got->asked_for->ended(), stream_end::finished);
  ASSERT_EQ(on.sent().size(), 2U);
  EXPECT_EQ(last_event_id_of(on.sent()[0]), "(none)");
  EXPECT_EQ(last_event_id_of(on.sent()[1]), "2");
  EXPECT_EQ(got->asked_for->ending().call().attempts, 2);
}

TEST(StreamResume, WaitsAsTheServerAsks) {
  pipeline on;
  on.script = {sse_answer({"retry: 3000\n" + sse(1)}, 100ms, body_end::broken), sse_answer({sse(2)})};
  const auto got = read_stream::whole(on, get(here).resume());
  EXPECT_EQ(got->data.size(), 2U);
  EXPECT_GE(on.sent()[1].at - got->at[0], 3s);
  EXPECT_LE(on.sent()[1].at - got->at[0], 3400ms);
}

TEST(StreamResume, OnlyWhenTold) {
  pipeline on;
  on.script = {sse_answer(sse_events(2), 100ms, body_end::broken)};
  EXPECT_EQ(read_stream::whole(on, get(here))->asked_for->ended(), stream_end::interrupted);
  EXPECT_EQ(on.sent().size(), 1U);
}

TEST(StreamResume, OnlyFromAnEventWithAnId) {
  pipeline on;
  on.script = {sse_answer({"data: 1\n\n"}, 100ms, body_end::broken)};
  EXPECT_EQ(read_stream::whole(on, get(here).resume())->asked_for->ended(), stream_end::interrupted);
  EXPECT_EQ(on.sent().size(), 1U);
}

TEST(StreamResume, AlsoAfterSilence) {
  pipeline on;
  on.script = {sse_answer(sse_events(1), 100ms, body_end::stalled), sse_answer({sse(2)})};
  const auto got = read_stream::whole(on, get(here).resume().between_events_timeout(5s));
  EXPECT_THAT(got->data, ElementsAre("1", "2"));
}

TEST(StreamResume, TheNewAttemptIsRetriedLikeAnyOther) {
  pipeline on;
  on.script = {sse_answer(sse_events(1), 100ms, body_end::broken),
               scripted_answer::broken(wire_failure::refused, false), scripted_answer(503, ""), sse_answer({sse(2)})};
  const auto got = read_stream::whole(on, post(here).resume());
  EXPECT_THAT(got->data, ElementsAre("1", "2"));
  EXPECT_EQ(last_event_id_of(on.sent()[3]), "1");
}

TEST(StreamResume, GivesUpWithTheCause) {
  pipeline on;
  on.script = {sse_answer(sse_events(1), 100ms, body_end::broken)};
  on.otherwise = scripted_answer::broken(wire_failure::refused, false);
  const auto got = read_stream::whole(on, get(here).resume());
  EXPECT_EQ(got->asked_for->ended(), stream_end::interrupted);
  EXPECT_EQ(on.sent().size(), 4U);
  EXPECT_EQ(got->detail("error"), "stream_interrupted");
  EXPECT_EQ(got->detail("stopped_by"), "exhausted");
  ASSERT_NE(got->failure().cause, nullptr);
  EXPECT_EQ(got->failure().cause->details.at("error"), "refused");
}

TEST(StreamResume, AServiceThatAlwaysBreaksIsNotHammered) {
  pipeline on;
  int n = 0;
  on.answer = [&n](const sent_attempt&) { return sse_answer({sse(++n)}, 1ms, body_end::broken); };
  const auto got = read_stream::whole(on, get(here).resume());
  EXPECT_EQ(got->asked_for->ended(), stream_end::interrupted);
  EXPECT_EQ(got->detail("stopped_by"), "budget");
  EXPECT_LE(on.sent().size(), 15U) << "the retry budget pays for each attempt";
}

TEST(StreamResume, NotPastTheEnd) {
  pipeline on;
  on.script = {sse_answer({"retry: 20000\n" + sse(1)}, 100ms, body_end::broken)};
  const auto got = read_stream::whole(on, get(here).resume().timeout(10s));
  EXPECT_EQ(got->asked_for->ended(), stream_end::interrupted);
  EXPECT_EQ(got->detail("stopped_by"), "deadline");
  EXPECT_LT(on.time->now() - got->at[0], 1s);
}

TEST(StreamResume, IsCancelledWhileItWaits) {
  pipeline on;
  on.script = {sse_answer({"retry: 20000\n" + sse(1)}, 100ms, body_end::broken)};
  const auto got = read_stream::start(on, get(here).resume());
  on.run_for(5s);
  got->cancel.emit(boost::asio::cancellation_type::terminal);
  on.run();
  EXPECT_EQ(got->asked_for->ended(), stream_end::cancelled);
  EXPECT_EQ(on.sent().size(), 1U);
}

TEST(StreamResume, AnAnswerThatIsNoStreamOfEventsIsNoEnd) {
  for (const char* type : {"application/json", lines_type, "text/plain", "text/html"}) {
    pipeline on;
    on.script = {sse_answer({sse(1)}, 100ms, body_end::broken), scripted_answer(200).streams(type, {R"({"a": 1})"}),
                 sse_answer({sse(2)})};
    const auto got = read_stream::whole(on, get(here).resume());
    EXPECT_THAT(got->data, ElementsAre("1", "2")) << type << " is tried again";
    on.script = {sse_answer({sse(1)}, 100ms, body_end::broken)};
    on.otherwise = scripted_answer(200).streams(type, {R"({"a": 1})"});
    const auto never = read_stream::whole(on, get(here).resume());
    EXPECT_THAT(never->data, ElementsAre("1"));
    EXPECT_EQ(never->asked_for->ended(), stream_end::interrupted) << type;
    ASSERT_NE(never->failure().cause, nullptr);
    EXPECT_EQ(never->failure().cause->details.at("error"), "not_a_stream");
  }
}

TEST(StreamResume, AnAnswerWithoutContentSaysThatThereIsNoMore) {
  pipeline on;
  on.script = {sse_answer({sse(1)}, 100ms, body_end::broken), scripted_answer(204, "")};
  stream events = on.caller->stream(get(here).resume());
  std::optional<reply> got;
  boost::asio::co_spawn(on.loop, events.collect(), [&got](std::exception_ptr raised, reply r) {
    if (raised) std::rethrow_exception(raised);
    got = std::move(r);
  });
  on.run();
  EXPECT_EQ(events.ended(), stream_end::finished);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->data(), array(1)) << "what came before is not lost";
}

TEST(StreamResume, TheCallersOwnLastIdIsTheFirst) {
  pipeline on;
  on.script = {sse_answer({"data: without\n\n"}, 1ms, body_end::broken), sse_answer({sse(8)})};
  const auto got = read_stream::whole(on, get(here).header("Last-Event-ID", "7").resume());
  EXPECT_EQ(last_event_id_of(on.sent()[1]), "7");
  EXPECT_EQ(got->asked_for->last_event_id(), "8");
}

}  // namespace
}  // namespace enlace::test
