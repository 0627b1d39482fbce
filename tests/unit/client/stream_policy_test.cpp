// What holds for a stream as it does for a call, and its three clocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/client/stream_pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
using testing::body_end;
using ::testing::ElementsAre;

settings with_service(const std::function<void(service_settings&)>& change) {
  settings values;
  service_settings& one = values.services["service"];
  one.hosts = {"service"};
  change(one);
  return values;
}

TEST(StreamPolicy, IsRetriedBeforeTheFirstEvent) {
  pipeline on;
  on.script = {scripted_answer::broken(wire_failure::refused, false), scripted_answer(429).with("Retry-After", "2"),
               sse_answer(sse_events(1))};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_THAT(got->data, ElementsAre("1"));
  EXPECT_EQ(got->asked_for->ending().call().attempts, 3);
  EXPECT_GE(on.sent()[2].at - on.sent()[1].at, 2s);
}

TEST(StreamPolicy, ABreakBeforeTheFirstEventIsAsThatOfACall) {
  for (const bool idempotent : {false, true}) {
    pipeline on;
    on.script = {sse_answer({": begins\n"}, 1ms, body_end::broken), sse_answer(sse_events(1))};
    const auto got = read_stream::whole(on, post(here).idempotent(idempotent));
    EXPECT_EQ(on.sent().size(), idempotent ? 2U : 1U);
    EXPECT_EQ(got->asked_for->ended(), idempotent ? stream_end::finished : stream_end::failed);
    if (!idempotent) {
      EXPECT_EQ(got->detail("stopped_by"), "not_idempotent");
    }
  }
}

TEST(StreamPolicy, TheFirstEventHasItsClock) {
  pipeline on;
  on.otherwise = sse_answer({": wait\n", sse(1)}, 60s);
  const auto got = read_stream::whole(on, post(here).first_event_timeout(5s));
  EXPECT_EQ(got->asked_for->ended(), stream_end::failed);
  EXPECT_EQ(got->failure().code, error_code::timeout_error);
  EXPECT_EQ(got->detail("error"), "first_event_timeout");
  EXPECT_EQ(got->asked_for->ending().call().elapsed, 5s);
}

TEST(StreamPolicy, TheFirstEventsClockIsThatOfAnAttempt) {
  pipeline on(with_service([](service_settings& one) { one.attempt_timeout = 3s; }));
  on.otherwise = sse_answer({": wait\n", sse(1)}, 60s);
  const auto got = read_stream::whole(on, post(here).max_attempts(1));
  EXPECT_EQ(got->asked_for->ending().call().elapsed, 3s);
  // Once it has come, an attempt may take as long as it likes.
  on.otherwise = sse_answer(sse_events(3), 50s);
  EXPECT_EQ(read_stream::whole(on, post(here))->asked_for->ended(), stream_end::finished);
}

TEST(StreamPolicy, BetweenEventsThereIsAClock) {
  pipeline on;
  on.otherwise = sse_answer(sse_events(2), 100ms, body_end::stalled);
  const auto got = read_stream::whole(on, post(here));
  EXPECT_THAT(got->data, ElementsAre("1", "2"));
  EXPECT_EQ(got->asked_for->ended(), stream_end::timed_out);
  EXPECT_EQ(got->failure().code, error_code::timeout_error);
  EXPECT_EQ(got->detail("error"), "between_events_timeout");
  EXPECT_EQ(on.time->now() - got->at.back(), 60s) << "the operation's default";
  EXPECT_EQ(on.wire->in_flight, 0);
}

TEST(StreamPolicy, AnEventThatDripsIsNoEvent) {
  pipeline on;
  on.otherwise = sse_answer({sse(1), "d", "a", "t", "a", ":", "2", "\n", "\n"}, 1s);
  const auto got = read_stream::whole(on, post(here).between_events_timeout(5s));
  EXPECT_EQ(got->detail("error"), "between_events_timeout");
}

TEST(StreamPolicy, HeartbeatsCountOnlyWhenTold) {
  pipeline on;
  on.otherwise = sse_answer({sse(1), ": here\n", ": here\n", sse(2)}, 4s);
  EXPECT_EQ(read_stream::whole(on, post(here).between_events_timeout(5s))->asked_for->ended(), stream_end::timed_out);
  const auto told = read_stream::whole(on, post(here).between_events_timeout(5s).heartbeats());
  EXPECT_EQ(told->asked_for->ended(), stream_end::finished);
}

TEST(StreamPolicy, TheWholeHasAClock) {
  pipeline on;
  on.otherwise = sse_answer(sse_events(100), 1s);
  const auto got = read_stream::whole(on, post(here).timeout(10500ms));
  EXPECT_EQ(got->data.size(), 11U);
  EXPECT_EQ(got->asked_for->ended(), stream_end::timed_out);
  EXPECT_EQ(got->detail("error"), "stream_timeout");
  EXPECT_EQ(got->asked_for->ending().call().elapsed, 10500ms);
}

TEST(StreamPolicy, ASlowReaderDoesNotTimeItOut) {
  pipeline on;
  on.otherwise = sse_answer(sse_events(4), 1s);
  const auto got = read_stream::start(on, post(here).between_events_timeout(2s), 30s);
  on.run();
  EXPECT_EQ(got->data.size(), 4U);
  EXPECT_EQ(got->asked_for->ended(), stream_end::finished);
}

TEST(StreamPolicy, ClocksComeFromTheConfiguration) {
  settings values;
  values.operations["llm_stream"].between_events_timeout = 7s;
  values.operations["llm_stream"].first_event_timeout = 3s;
  pipeline on(values);
  on.script = {sse_answer({": wait\n", sse(1)}, 60s)};
  EXPECT_EQ(read_stream::whole(on, post(here).max_attempts(1))->asked_for->ending().call().elapsed, 3s);
  on.script = {sse_answer(sse_events(1), 1s, body_end::stalled)};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_EQ(on.time->now() - got->at.back(), 7s);
}

TEST(StreamPolicy, TheBreakerLearnsOfTheFirstEvent) {
  pipeline on(with_service([](service_settings& one) { one.breaker.slow_after = 1s; }));
  on.otherwise = sse_answer(sse_events(10), 2s);
  const auto got = read_stream::start(on, post(here));
  on.run_for(1s);
  ASSERT_EQ(on.caller->breakers().size(), 1U);
  EXPECT_EQ(on.caller->breakers()[0].attempts, 1U);
  on.run();
  EXPECT_EQ(on.caller->breakers()[0].attempts, 1U);
  EXPECT_EQ(on.caller->breakers()[0].slow, 0U);
  EXPECT_EQ(on.caller->breakers()[0].failures, 0U);
}

TEST(StreamPolicy, AnOpenBreakerRejectsIt) {
  pipeline on;
  (void)on.call(get(here));
  ASSERT_TRUE(on.caller->override_breaker("service:80", breaker_override::force_open));
  const auto got = read_stream::whole(on, get(here));
  EXPECT_EQ(got->asked_for->ended(), stream_end::failed);
  EXPECT_EQ(got->detail("circuit_breaker"), "forced_open");
  EXPECT_EQ(on.sent().size(), 1U);
}

TEST(StreamPolicy, AProbeKeepsItsPlaceToTheEnd) {
  pipeline on(with_service([](service_settings& one) {
    one.breaker.consecutive_failures = 1;
    one.breaker.cool_down = 1s;
    one.breaker.probes = 2;
  }));
  on.script = {scripted_answer(500, "")};
  (void)on.call(get(here));
  on.run_for(2s);
  on.script = {sse_answer(sse_events(10), 1s), sse_answer(sse_events(1)).after(5s)};
  const auto first = read_stream::start(on, get(here));
  const auto second = read_stream::start(on, get(here));
  on.run_for(3s);
  EXPECT_EQ(first->data.size(), 3U);
  EXPECT_EQ(on.caller->breakers()[0].state, breaker_state::half_open);
  const auto third = on.start(get(here));
  on.run_for(1s);
  ASSERT_TRUE(third->answer);
  EXPECT_EQ(third->answer->error().details.at("circuit_breaker"), "half_open") << "both places are taken";
  on.run();
  EXPECT_EQ(second->data.size(), 1U);
  EXPECT_EQ(on.caller->breakers()[0].state, breaker_state::closed);
}

TEST(StreamPolicy, KeepsItsPlaceInTheLimits) {
  pipeline on(with_service([](service_settings& one) { one.max_in_flight = 1; }));
  on.otherwise = sse_answer(sse_events(10), 1s);
  const auto long_one = read_stream::start(on, get(here));
  on.run_for(2s);
  const auto second = read_stream::start(on, get(here));
  on.run_for(1s);
  EXPECT_EQ(second->asked_for->ended(), stream_end::failed);
  EXPECT_EQ(second->detail("limit"), "service");
  on.run();
  EXPECT_EQ(long_one->asked_for->ended(), stream_end::finished);
  const auto third = read_stream::start(on, get(here), 0s, 1);
  on.run_for(1s);
  EXPECT_EQ(third->data.size(), 1U);
  third->asked_for.reset();
  const auto fourth = read_stream::start(on, get(here), 0s, 1);
  on.run_for(1s);
  EXPECT_EQ(fourth->data.size(), 1U) << "a dropped stream gives its place back";
}

TEST(StreamPolicy, IsCancelledAtAnyPoint) {
  for (const auto& [when, came] :
       std::vector<std::pair<duration, std::size_t>>{{500us, 0}, {5ms, 0}, {250ms, 1}, {1000ms, 2}}) {
    pipeline on;
    on.otherwise = sse_answer({": begins\n", sse(1), sse(2)}, 200ms);
    const auto got = read_stream::start(on, get(here), 500ms);
    on.run_for(when);
    got->cancel.emit(boost::asio::cancellation_type::terminal);
    on.run();
    EXPECT_TRUE(got->over);
    EXPECT_EQ(got->data.size(), came);
    EXPECT_EQ(got->asked_for->ended(), stream_end::cancelled);
    EXPECT_EQ(got->failure().code, error_code::cancelled);
    EXPECT_EQ(on.wire->in_flight, 0);
  }
}

TEST(StreamPolicy, TheAmbientContextGoesOut) {
  pipeline on;
  on.otherwise = sse_answer(sse_events(1));
  stream tokens = on.caller->stream(get(here));
  const auto read = [&tokens]() -> boost::asio::awaitable<void> {
    const stream_event* event = co_await tokens.next();
    EXPECT_NE(event, nullptr);
  };
  boost::asio::co_spawn(bind_context(on.loop.get_executor(), context().tenant("acme")), read(),
                        [](std::exception_ptr) {});
  on.run();
  ASSERT_EQ(on.sent().size(), 1U);
  EXPECT_EQ(on.sent()[0].tenant(), "acme");
}

TEST(StreamPolicy, LeavesATrail) {
  pipeline on;
  on.script = {scripted_answer::broken(wire_failure::refused, false), sse_answer(sse_events(1))};
  const auto got = read_stream::whole(on, get(here).trail());
  std::vector<std::string> lines;
  for (const trail_entry& line : got->asked_for->ending().trail()) lines.push_back(line.what);
  EXPECT_THAT(lines, ElementsAre("attempt", "wait", "attempt"));
}

}  // namespace
}  // namespace enlace::test
