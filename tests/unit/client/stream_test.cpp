// What a stream gives, and how it ends.
#include <enlace/stream.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/client/stream_pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
using testing::body_end;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Stream, GivesTheEventsAsTheyCome) {
  pipeline on;
  on.script = {sse_answer(sse_events(3))};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_THAT(got->data, ElementsAre("1", "2", "3"));
  EXPECT_EQ(got->at[1] - got->at[0], 100ms);
  EXPECT_EQ(got->asked_for->ended(), stream_end::finished);
  EXPECT_TRUE(got->asked_for->ending().success());
  EXPECT_EQ(got->asked_for->ending().call().status, 200);
  EXPECT_EQ(got->asked_for->ending().call().operation, "llm_stream");
  EXPECT_EQ(got->asked_for->ending().call().attempts, 1);
  EXPECT_EQ(got->asked_for->headers().get("Content-Type"), sse_type);
  EXPECT_EQ(got->asked_for->last_event_id(), "3");
  EXPECT_EQ(got->asked_for->events(), 3U);
  EXPECT_EQ(on.wire->in_flight, 0);
}

TEST(Stream, SaysWhatItTakes) {
  pipeline on;
  on.script = {sse_answer(sse_events(1))};
  (void)read_stream::whole(on, post(here).data(object("stream", true)));
  ASSERT_EQ(on.sent().size(), 1U);
  const headers& fields = on.sent()[0].fields;
  EXPECT_THAT(std::string(fields.get("Accept").value_or("")), HasSubstr("text/event-stream"));
  EXPECT_EQ(fields.get("Accept-Encoding"), "identity");
  EXPECT_EQ(on.sent()[0].deadline - on.sent()[0].at, 300s);
  EXPECT_EQ(on.sent()[0].body, R"({"stream":true})");
}

TEST(Stream, NothingIsSentBeforeTheFirstEventIsAskedFor) {
  pipeline on;
  {
    const stream unused = on.caller->stream(post(here));
  }
  on.run();
  EXPECT_TRUE(on.sent().empty());
}

TEST(Stream, GivesLinesOfJson) {
  pipeline on;
  on.script = {scripted_answer(200).streams(lines_type, {"{\"a\":1}\n{\"a\"", ":2}\r\n\n", "{\"a\":3}"})};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_THAT(got->data, ElementsAre(R"({"a":1})", R"({"a":2})", R"({"a":3})"));
  EXPECT_EQ(got->asked_for->ended(), stream_end::finished);
}

TEST(Stream, GivesBytesOfAnythingElse) {
  pipeline on;
  on.script = {scripted_answer(200).streams("text/plain", {"raw ", "tokens"})};
  EXPECT_THAT(read_stream::whole(on, post(here))->data, ElementsAre("raw ", "tokens"));
}

TEST(Stream, ReadsAsItIsTold) {
  pipeline on;
  on.script = {sse_answer({"raw ", "tokens"})};
  EXPECT_THAT(read_stream::whole(on, post(here).stream_as(stream_format::bytes))->data, ElementsAre("raw ", "tokens"));
  on.script = {scripted_answer(200).streams("application/json", {"{\"a\":1}\n", "{\"a\":2}\n"})};
  EXPECT_THAT(read_stream::whole(on, post(here).stream_as(stream_format::ndjson))->data,
              ElementsAre(R"({"a":1})", R"({"a":2})"));
  on.script = {scripted_answer(200).streams("text/plain", {sse(1)})};
  EXPECT_THAT(read_stream::whole(on, post(here).stream_as(stream_format::sse))->data, ElementsAre("1"));
}

TEST(Stream, APlainJsonAnswerIsOneLastEvent) {
  pipeline on;
  on.script = {scripted_answer(200, R"({"answer": 42})")};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_THAT(got->data, ElementsAre(R"({"answer": 42})"));
  EXPECT_EQ(got->asked_for->ended(), stream_end::finished);
  EXPECT_EQ(got->asked_for->ending().data().at("answer"), 42);
}

TEST(Stream, AnEnvelopeThatFailedIsAFailure) {
  pipeline on;
  on.script = {scripted_answer(200, R"({"success": false, "message": "no", "error": {"code": "QUOTA"}})")};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_TRUE(got->data.empty());
  EXPECT_EQ(got->asked_for->ended(), stream_end::failed);
  EXPECT_EQ(got->failure().upstream_code, "QUOTA");
}

TEST(Stream, AStreamWithoutEventsIsFinished) {
  pipeline on;
  on.script = {sse_answer({": nothing\n\n"}), scripted_answer(204, "")};
  EXPECT_EQ(read_stream::whole(on, post(here))->asked_for->ended(), stream_end::finished);
  EXPECT_EQ(read_stream::whole(on, post(here))->asked_for->ended(), stream_end::finished);
}

TEST(Stream, AnErrorIsNeverAnEvent) {
  pipeline on;
  on.script = {scripted_answer(404, R"({"error": {"message": "no such model"}})")};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_TRUE(got->data.empty());
  EXPECT_EQ(got->asked_for->ended(), stream_end::failed);
  EXPECT_EQ(got->failure().code, error_code::not_found);
  EXPECT_EQ(got->failure().message, "no such model");
}

TEST(Stream, ARefusedRequestFailsAtOnce) {
  pipeline on;
  const auto got = read_stream::whole(on, post("nowhere"));
  EXPECT_EQ(got->asked_for->ended(), stream_end::failed);
  EXPECT_EQ(got->failure().code, error_code::validation_error);
  EXPECT_TRUE(on.sent().empty());
}

TEST(Stream, TheLastWordEndsIt) {
  pipeline on;
  // The connection stays silent after it; nobody waits for that.
  on.script = {sse_answer({sse(1), "data: [DONE]\n\n"}, 100ms, body_end::stalled)};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_THAT(got->data, ElementsAre("1"));
  EXPECT_EQ(got->asked_for->ended(), stream_end::finished);
  EXPECT_LT(on.time->now() - got->at[0], 1s);
}

TEST(Stream, ABreakAfterTheLastWordIsNone) {
  pipeline on;
  on.script = {scripted_answer(200).streams(
      lines_type, {"{\"response\":\"a\",\"done\":false}\n", "{\"response\":\"\",\"done\":true}\n"}, 10ms,
      body_end::broken)};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_EQ(got->data.size(), 2U);
  EXPECT_EQ(got->asked_for->ended(), stream_end::finished);
}

TEST(Stream, ABreakIsAnInterruption) {
  pipeline on;
  on.script = {sse_answer(sse_events(2), 100ms, body_end::broken)};
  const auto got = read_stream::whole(on, get(here));
  EXPECT_THAT(got->data, ElementsAre("1", "2"));
  EXPECT_EQ(got->asked_for->ended(), stream_end::interrupted);
  EXPECT_EQ(got->failure().code, error_code::communication_error);
  EXPECT_EQ(got->detail("error"), "stream_interrupted");
  EXPECT_EQ(got->detail("last_event_id"), "2");
  EXPECT_EQ(got->detail("events"), "2");
  EXPECT_EQ(got->detail("break"), "truncated");
  EXPECT_EQ(on.sent().size(), 1U) << "nothing is sent again after an event, whatever the method";
}

TEST(Stream, WithoutFramingOnlyTheLastWordTellsTheEnd) {
  const std::string chunk = R"(data: {"object":"chat.completion.chunk","choices":[]})";
  pipeline on;
  on.script = {sse_answer({chunk + "\n\n"}).until_close(),
               sse_answer({chunk + "\n\n", "data: [DONE]\n\n"}).until_close(), sse_answer(sse_events(2)).until_close(),
               sse_answer({sse(1), "data: half"}).until_close(),
               scripted_answer(200).streams(lines_type, {"{\"a\":1}\n{\"a\":"}).until_close()};
  EXPECT_EQ(read_stream::whole(on, post(here))->asked_for->ended(), stream_end::interrupted);
  EXPECT_EQ(read_stream::whole(on, post(here))->asked_for->ended(), stream_end::finished);
  EXPECT_EQ(read_stream::whole(on, post(here))->asked_for->ended(), stream_end::finished);
  EXPECT_EQ(read_stream::whole(on, post(here))->asked_for->ended(), stream_end::interrupted);
  const auto lines = read_stream::whole(on, post(here));
  EXPECT_THAT(lines->data, ElementsAre(R"({"a":1})"));
  EXPECT_EQ(lines->asked_for->ended(), stream_end::interrupted);
}

TEST(Stream, HalfALineIsNoEventNotEvenTheFirst) {
  pipeline on;
  on.otherwise = scripted_answer(200).streams(lines_type, {"{\"a\":"}).until_close();
  const auto got = read_stream::whole(on, post(here));
  EXPECT_TRUE(got->data.empty());
  EXPECT_EQ(got->asked_for->ended(), stream_end::failed);
  EXPECT_EQ(got->detail("error"), "truncated");
  on.script = {scripted_answer(200).streams(lines_type, {"{\"a\":1}"}).until_close()};
  EXPECT_THAT(read_stream::whole(on, post(here))->data, ElementsAre(R"({"a":1})"));
}

TEST(Stream, AFirstLineThatWantsMoreIsNotTheLast) {
  pipeline on;
  on.otherwise = scripted_answer(200).streams(lines_type, {"{\"response\":\"a\",\"done\":false}"}).until_close();
  const auto got = read_stream::whole(on, post(here));
  EXPECT_EQ(got->data.size(), 1U);
  EXPECT_EQ(got->asked_for->ended(), stream_end::interrupted);
  EXPECT_EQ(got->detail("break"), "truncated");
}

TEST(Stream, ALastLineWithoutItsEndSaysWhatItSays) {
  const std::string first = "{\"response\":\"a\",\"done\":false}\n";
  pipeline on;
  on.script = {scripted_answer(200).streams(lines_type, {first + R"({"error":"out of memory"})"}).until_close(),
               scripted_answer(200).streams(lines_type, {first + R"({"response":"b","done":false})"}).until_close(),
               scripted_answer(200).streams(lines_type, {first + R"({"response":"","done":true})"}).until_close()};
  const auto reported = read_stream::whole(on, post(here));
  EXPECT_EQ(reported->asked_for->ended(), stream_end::reported);
  EXPECT_EQ(reported->failure().message, "out of memory");
  const auto cut = read_stream::whole(on, post(here));
  EXPECT_EQ(cut->data.size(), 2U);
  EXPECT_EQ(cut->asked_for->ended(), stream_end::interrupted);
  const auto whole = read_stream::whole(on, post(here));
  EXPECT_EQ(whole->data.size(), 2U);
  EXPECT_EQ(whole->asked_for->ended(), stream_end::finished);
}

TEST(Stream, AnErrorInTheMiddleEndsIt) {
  pipeline on;
  on.script = {sse_answer({sse(1), "data: {\"error\":{\"message\":\"out of memory\",\"code\":\"OOM\"}}\n\n", sse(3)})};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_THAT(got->data, ElementsAre("1"));
  EXPECT_EQ(got->asked_for->ended(), stream_end::reported);
  EXPECT_EQ(got->failure().message, "out of memory");
  EXPECT_EQ(got->failure().upstream_code, "OOM");
  EXPECT_EQ(got->detail("error"), "error_event");
  EXPECT_EQ(on.wire->in_flight, 0);
}

TEST(Stream, AnEventMayBeTooLong) {
  pipeline on;
  const std::string piece(200 * 1024, 'x');
  on.script = {sse_answer({sse(1), "data: " + piece, piece + "\n\n"}), sse_answer({"data: " + piece, piece + "\n\n"})};
  const auto later = read_stream::whole(on, post(here));
  EXPECT_THAT(later->data, ElementsAre("1"));
  EXPECT_EQ(later->asked_for->ended(), stream_end::unusable);
  EXPECT_EQ(later->detail("error"), "event_too_large");
  const auto first = read_stream::whole(on, post(here));
  EXPECT_EQ(first->asked_for->ended(), stream_end::failed);
  EXPECT_EQ(first->failure().code, error_code::external_api_error);
}

TEST(Stream, APageIsNoStream) {
  pipeline on;
  on.script = {scripted_answer(200).streams("text/html; charset=utf-8", {"<html>sign in</html>"})};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_EQ(got->asked_for->ended(), stream_end::failed);
  EXPECT_EQ(got->detail("error"), "not_a_stream");
  EXPECT_EQ(on.wire->in_flight, 0);
}

TEST(Stream, ALineThatIsNotUtf8EndsIt) {
  pipeline on;
  on.script = {scripted_answer(200).streams(lines_type, {"{\"a\":1}\n", "{\"a\":\"\xff\"}\n"})};
  const auto got = read_stream::whole(on, post(here));
  EXPECT_EQ(got->data.size(), 1U);
  EXPECT_EQ(got->asked_for->ended(), stream_end::unusable);
  EXPECT_EQ(got->detail("error"), "event_not_utf8");
}

TEST(Stream, DroppedItIsClosedAtOnce) {
  pipeline on;
  on.script = {sse_answer(sse_events(1000))};
  const auto got = read_stream::start(on, post(here), 0s, 3);
  on.run_for(5s);
  ASSERT_TRUE(got->over);
  EXPECT_EQ(on.wire->in_flight, 1);
  got->asked_for.reset();
  EXPECT_EQ(on.wire->in_flight, 0);
}

TEST(Stream, Collects) {
  pipeline on;
  const auto collected = [&on](request asked) {
    stream whole = on.caller->stream(std::move(asked));
    std::optional<reply> got;
    boost::asio::co_spawn(on.loop, whole.collect(), [&got](std::exception_ptr raised, reply r) {
      if (raised) std::rethrow_exception(raised);
      got = std::move(r);
    });
    on.run();
    return *std::move(got);
  };
  on.script = {sse_answer({sse(1), "data: text\n\n"}), scripted_answer(200).streams("text/plain", {"raw ", "tokens"}),
               scripted_answer(200, R"({"a": 1})"), sse_answer(sse_events(2), 10ms, body_end::broken)};
  EXPECT_EQ(collected(post(here)).data(), array(1, "text"));
  EXPECT_EQ(collected(post(here)).data(), object("text", "raw tokens"));
  EXPECT_EQ(collected(post(here)).data(), object("a", 1));
  const reply broken = collected(post(here));
  EXPECT_FALSE(broken.success());
  EXPECT_EQ(broken.error().details.at("error"), "stream_interrupted");
}

TEST(Stream, TextOfALanguageModel) {
  pipeline on;
  on.script = {
      scripted_answer(200).streams(lines_type, {"{\"model\":\"m\",\"response\":\"Hello \",\"done\":false}\n",
                                                "{\"model\":\"m\",\"response\":\"world\",\"done\":false}\n",
                                                "{\"model\":\"m\",\"response\":\"\",\"done\":true,\"done_reason\":"
                                                "\"stop\",\"prompt_eval_count\":3,\"eval_count\":2}\n"})};
  stream tokens = on.caller->stream(post(here));
  std::vector<std::string> said;
  const auto read = [&]() -> boost::asio::awaitable<void> {
    for (std::string_view text = co_await tokens.next_text(); !text.empty(); text = co_await tokens.next_text()) {
      said.emplace_back(text);
    }
  };
  boost::asio::co_spawn(on.loop, read(), [](std::exception_ptr raised) {
    if (raised) std::rethrow_exception(raised);
  });
  on.run();
  EXPECT_THAT(said, ElementsAre("Hello ", "world"));
  EXPECT_EQ(tokens.text(), "Hello world");
  ASSERT_TRUE(tokens.output().usage());
  EXPECT_EQ(tokens.output().usage()->total, 5);
  EXPECT_EQ(tokens.output().finish_reason(), "stop");
}

}  // namespace
}  // namespace enlace::test
