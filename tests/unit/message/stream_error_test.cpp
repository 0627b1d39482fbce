#include "message/stream_error.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

std::optional<error> error_in_data(std::string_view data, std::string_view type = "message") {
  return error_in(stream_event(type, data, ""));
}

TEST(StreamError, MostEventsReportNone) {
  for (const std::string_view data :
       {"", "[DONE]", "{}", R"({"response":"an \"error\" in text","done":false})", R"({"error":null})",
        R"({"error":""})", R"({"error":false})", R"({"error":0})", R"({"error":[]})",
        R"({"a":{"error":{"message":"deeper"}}})", R"(["error"])", R"({"a":"error"})", R"({"error":"cut)",
        R"({"errors":["x"]})", R"({"type":"response.created","response":{"error":null}})"}) {
    EXPECT_FALSE(error_in_data(data)) << data;
    EXPECT_FALSE(error_in_data(data, "")) << data;
  }
}

TEST(StreamError, AnErrorObjectIsAFailure) {
  const auto failed =
      error_in_data(R"({"error":{"message":"The server is busy","type":"server_error","code":"busy"}})");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->code, error_code::external_api_error);
  EXPECT_EQ(failed->message, "The server is busy");
  EXPECT_EQ(failed->upstream_code, "busy");
  EXPECT_EQ(failed->details, object("error", "error_event", "upstream_code", "busy", "type", "server_error"));
  EXPECT_FALSE(failed->retryable);
}

TEST(StreamError, ACodeOfOursBringsItsRow) {
  const auto failed = error_in_data(R"({"error":{"code":"RATE_LIMITED","message":"slow down","retry_after":2}})", "");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->code, error_code::rate_limited);
  EXPECT_EQ(failed->number, 3001);
  EXPECT_EQ(failed->upstream_code, "");
  EXPECT_EQ(failed->retry_after, seconds_d(2));
  EXPECT_TRUE(failed->retryable);
  EXPECT_EQ(failed->details, object("error", "error_event", "upstream_code", "RATE_LIMITED"));
}

TEST(StreamError, AnErrorTextIsAFailure) {
  const auto failed = error_in_data(R"({"error":"model \"x\" not found"})", "");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->message, "model \"x\" not found");
  EXPECT_EQ(failed->details, object("error", "error_event"));
}

TEST(StreamError, AnErrorEventIsAFailureWhateverItsData) {
  const std::string_view unsaid = "The upstream reported a failure within its stream";
  EXPECT_EQ(error_in_data("", "error")->message, unsaid);
  EXPECT_EQ(error_in_data("null", "error")->message, unsaid);
  EXPECT_EQ(error_in_data("{}", "error")->message, unsaid);
  EXPECT_EQ(error_in_data(R"({"error":null})", "error")->message, unsaid);
  EXPECT_EQ(error_in_data("out of\nmemory\x01", "error")->message, "out of memory");
  EXPECT_EQ(error_in_data(R"("out of memory")", "error")->message, "out of memory");
  EXPECT_EQ(error_in_data(R"({"detail":"out of memory"})", "error")->message, "out of memory");
  EXPECT_EQ(error_in_data("[1]", "error")->message, "[1]");
  EXPECT_EQ(error_in_data(std::string(100'000, 'x'), "error")->message.size(), 4096U);
}

TEST(StreamError, TheResponsesApiSaysItInTheEventItself) {
  const auto failed = error_in_data(
      R"({"type":"error","code":"server_error","message":"Broken","param":null,"sequence_number":3})", "error");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->message, "Broken");
  EXPECT_EQ(failed->upstream_code, "server_error");
  EXPECT_EQ(failed->details, object("error", "error_event", "upstream_code", "server_error", "sequence_number", 3));
}

TEST(StreamError, AFailedResponseIsAFailure) {
  const std::string_view data =
      R"({"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"Broken"}}})";
  for (const std::string_view type : {"response.failed", "message", ""}) {
    const auto failed = error_in_data(data, type);
    ASSERT_TRUE(failed) << type;
    EXPECT_EQ(failed->message, "Broken") << type;
    EXPECT_EQ(failed->upstream_code, "server_error") << type;
    EXPECT_EQ(failed->details.at("error"), "error_event") << type;
  }
  EXPECT_TRUE(error_in_data(R"({"response":{"error":null}})", "response.failed"));
  EXPECT_TRUE(error_in_data("", "response.failed"));
}

TEST(StreamError, WhatTheUpstreamCallsAnErrorStaysBelow) {
  const auto failed = error_in_data(R"({"error":{"message":"x","error":"inner"}})");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->details, object("error", "error_event", "upstream", object("error", "inner")));
}

}  // namespace
}  // namespace enlace
