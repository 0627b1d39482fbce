#include <initializer_list>
#include <string>
#include <string_view>

#include <enlace/model_output.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

model_output folded(std::initializer_list<std::string_view> data, std::string_view type = "message") {
  model_output output;
  for (const std::string_view one : data) output.add(stream_event(type, one, ""));
  return output;
}

TEST(ModelOutput, PutsChatChunksTogether) {
  const model_output got = folded(
      {R"({"id":"c","object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null})",
       R"({"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]})",
       R"({"choices":[{"index":1,"delta":{"content":"other"}},{"index":0,"delta":{"content":"lo"}}]})",
       R"({"choices":[{"index":0,"delta":{"reasoning_content":"hidden","content":null}}]})",
       R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})",
       R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}})", "[DONE]"});
  EXPECT_TRUE(got.recognised());
  EXPECT_FALSE(got.done());
  EXPECT_EQ(got.to_json(), object("text", "Hello", "model", "m-1", "finish_reason", "stop", "usage",
                                  object("input_tokens", 7, "output_tokens", 2, "total_tokens", 9)));
}

TEST(ModelOutput, PutsOlderCompletionsTogether) {
  const model_output got = folded({R"({"model":"m","choices":[{"text":"a","index":0}]})",
                                   R"({"choices":[{"text":"b","index":0,"finish_reason":"length"}]})"});
  EXPECT_EQ(got.to_json(), object("text", "ab", "model", "m", "finish_reason", "length"));
}

TEST(ModelOutput, PutsTheResponsesApiTogether) {
  model_output got;
  const auto add = [&](std::string_view type, std::string_view data) { return got.add(stream_event(type, data, "")); };
  EXPECT_EQ(add("response.created", R"({"type":"response.created","response":{"model":"m-2","usage":null}})"), "");
  EXPECT_EQ(got.model(), "m-2");
  EXPECT_EQ(add("response.output_text.delta", R"({"type":"response.output_text.delta","delta":"Hel"})"), "Hel");
  EXPECT_EQ(add("response.output_text.delta", R"({"delta":"lo"})"), "lo");
  EXPECT_EQ(add("", R"({"type":"response.output_text.delta","delta":"!"})"), "!");
  EXPECT_EQ(add("response.output_text.done", R"({"type":"response.output_text.done","text":"Hello!"})"), "");
  EXPECT_EQ(add("response.reasoning_summary_text.delta", R"({"delta":"hidden"})"), "");
  EXPECT_FALSE(got.done());
  EXPECT_EQ(
      add("response.completed",
          R"({"type":"response.completed","response":{"status":"completed","model":"m-2-1","usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}})"),
      "");
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.to_json(), object("text", "Hello!", "model", "m-2-1", "finish_reason", "completed", "usage",
                                  object("input_tokens", 1, "output_tokens", 2, "total_tokens", 3)));
}

TEST(ModelOutput, AnIncompleteResponseSaysWhy) {
  const model_output got = folded(
      {R"({"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}})"});
  EXPECT_TRUE(got.done());
  EXPECT_EQ(got.finish_reason(), "max_output_tokens");
  EXPECT_TRUE(folded({R"({"type":"response.incomplete","response":{}})"}).done());
}

TEST(ModelOutput, PutsOllamaTogether) {
  const model_output generate = folded(
      {R"({"model":"llama","response":"","thinking":"hidden","done":false})",
       R"({"model":"llama","response":"Hel","done":false})", R"({"model":"llama","response":"lo","done":false})",
       R"({"model":"llama","response":"","done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":2})"},
      "");
  const model_output chat =
      folded({R"({"model":"llama","message":{"role":"assistant","content":"","thinking":"hidden"},"done":false})",
              R"({"model":"llama","message":{"role":"assistant","content":"Hello"},"done":false})",
              R"({"model":"llama","done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":2})"},
             "");
  for (const model_output* got : {&generate, &chat}) {
    EXPECT_TRUE(got->done());
    EXPECT_EQ(got->to_json(), object("text", "Hello", "model", "llama", "finish_reason", "stop", "usage",
                                     object("input_tokens", 5, "output_tokens", 2, "total_tokens", 7)));
  }
}

TEST(ModelOutput, SaysWhatEachEventAdds) {
  model_output got;
  std::string all;
  for (int i = 0; i < 100; ++i) {
    const std::string word = "word " + std::to_string(i) + ' ';
    const std::string data = R"({"response":")" + word + R"(","done":false})";
    const std::string_view added = got.add(stream_event("", data, ""));
    EXPECT_EQ(added, word);
    all += added;
  }
  EXPECT_EQ(got.text(), all);
}

TEST(ModelOutput, OtherEventsAddNothing) {
  for (const std::string_view data :
       {"", "  ", "[DONE]", "{", "{}", "[]", "null", "\"text\"", R"({"choices":{}})", R"({"message":"text"})",
        R"({"message":{}})", R"({"response":{}})", R"({"done":true})", R"({"done":"yes","done_reason":"stop"})",
        R"({"type":"response.output_text.delta","delta":5})", R"({"type":"response.completed","response":"x"})",
        R"({"progress":3,"done":false})"}) {
    const model_output got = folded({data});
    EXPECT_FALSE(got.recognised()) << data;
    EXPECT_FALSE(got.done()) << data;
    EXPECT_EQ(got.to_json(), object("text", "")) << data;
  }
}

TEST(ModelOutput, OddMembersOfKnownFormsAddNothing) {
  for (const std::string_view data :
       {R"({"choices":[]})", R"({"choices":[1,null,"x",[]]})", R"({"choices":[{"index":0,"delta":"x"}]})",
        R"({"choices":[{"delta":{"content":7},"finish_reason":7}],"model":7,"usage":7})",
        R"({"choices":[{"index":2,"text":"x"}]})", R"({"choices":[],"usage":{"prompt_tokens":-1}})",
        R"({"choices":[],"usage":{"prompt_tokens":1e3,"completion_tokens":9223372036854775807}})",
        R"({"response":"","done":0,"done_reason":0,"eval_count":18446744073709551615})"}) {
    const model_output got = folded({data});
    EXPECT_TRUE(got.recognised()) << data;
    EXPECT_EQ(got.to_json(), object("text", "")) << data;
  }
}

TEST(ModelOutput, AddsUpATotalThatIsNotSaid) {
  const model_output got = folded({R"({"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}})"});
  ASSERT_TRUE(got.usage());
  EXPECT_EQ(got.usage()->total, 7);
}

}  // namespace
}  // namespace enlace
