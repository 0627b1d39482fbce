#include <gtest/gtest.h>

#include "pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

TEST(Retry, APostIsNotRepeatedOnceItMayHaveRun) {
  for (const int status : {408, 425, 500, 502, 503, 504}) {
    pipeline p;
    p.otherwise = scripted_answer(status);
    const reply r = p.call(post(here).data(object("a", 1)));
    EXPECT_EQ(p.sent().size(), 1U) << status;
    EXPECT_EQ(stopped_by(r), "not_idempotent") << status;
  }
  for (const wire_failure how : {wire_failure::reset, wire_failure::truncated, wire_failure::malformed}) {
    pipeline p;
    p.otherwise = scripted_answer::broken(how, true);
    const reply r = p.call(post(here).data(object("a", 1)));
    EXPECT_EQ(p.sent().size(), 1U) << name_of(how);
    EXPECT_EQ(r.call().attempts, 1);
  }
}

TEST(Retry, WhatIsIdempotentIsRepeated) {
  pipeline p;
  p.script = {scripted_answer(500), scripted_answer::broken(wire_failure::reset, true)};
  const reply r = p.call(get(here));
  EXPECT_TRUE(r.success());
  EXPECT_EQ(r.call().attempts, 3);
}

TEST(Retry, AnIdempotencyKeyMakesAPostRepeatableAndStaysTheSame) {
  pipeline p;
  p.script = {scripted_answer(500)};
  const reply r = p.call(post(here).data(object("a", 1)).idempotency_key("k-1"));
  EXPECT_TRUE(r.success());
  ASSERT_EQ(p.sent().size(), 2U);
  EXPECT_EQ(p.sent()[0].fields.get("Idempotency-Key"), "\"k-1\"");
  EXPECT_EQ(p.sent()[1].fields.get("Idempotency-Key"), "\"k-1\"");
  EXPECT_EQ(p.sent()[1].fields.get("X-Idempotency-Key"), "k-1");
}

TEST(Retry, WhatWasNeverSentIsRepeatedWhateverTheMethod) {
  for (const wire_failure how : {wire_failure::dns, wire_failure::refused, wire_failure::connect_timeout}) {
    pipeline p;
    p.script = {scripted_answer::broken(how, false)};
    EXPECT_EQ(p.call(post(here)).call().attempts, 2) << name_of(how);
  }
}

TEST(Retry, RetryAfterIsAFloor) {
  pipeline p;
  p.script = {scripted_answer(503).with("Retry-After", "7")};
  const reply r = p.call(post(here));
  EXPECT_TRUE(r.success());
  ASSERT_EQ(p.sent().size(), 2U);
  EXPECT_GE(p.sent()[1].at - p.sent()[0].at, 7s);
  EXPECT_LE(p.sent()[1].at - p.sent()[0].at, 7710ms);
}

TEST(Retry, ARetryAfterPastTheDeadlineEndsTheCallAtOnce) {
  pipeline p;
  p.otherwise = scripted_answer(429).with("Retry-After", "120");
  const time_point began = p.time->now();
  const reply r = p.call(get(here).timeout(10s));
  EXPECT_LT(p.time->now() - began, 1s);
  EXPECT_EQ(r.error().code, error_code::rate_limited);
  EXPECT_EQ(r.error().retry_after, seconds_d(120));
  EXPECT_EQ(stopped_by(r), "deadline");
}

TEST(Retry, NeverMoreThanMaxAttempts) {
  pipeline p;
  p.otherwise = scripted_answer(503);
  const reply r = p.call(get(here).max_attempts(2));
  EXPECT_EQ(p.sent().size(), 2U);
  EXPECT_EQ(stopped_by(r), "exhausted");
  EXPECT_EQ(r.error().code, error_code::service_unavailable);
}

TEST(Retry, PermanentAnswersStand) {
  for (const int status : {400, 401, 403, 404, 409, 422, 501, 505}) {
    pipeline p;
    p.otherwise = scripted_answer(status);
    const reply r = p.call(get(here));
    EXPECT_EQ(p.sent().size(), 1U) << status;
    EXPECT_EQ(stopped_by(r), "permanent") << status;
  }
}

TEST(Retry, TheBudgetEndsAStorm) {
  settings values;
  values.services["service"].breaker.consecutive_failures = 0;
  values.services["service"].breaker.min_calls = 1'000'000;
  pipeline p(std::move(values));
  p.otherwise = scripted_answer(503);
  for (int i = 0; i < 100; ++i) p.call(get(here).max_attempts(3));
  // 100 first attempts, 10 retries to begin with, a fifth of a retry for each call, one a second.
  EXPECT_GT(p.sent().size(), 120U);
  EXPECT_LT(p.sent().size(), 150U);
}

TEST(Retry, EachAttemptHasItsOwnDeadlineFieldAndSpan) {
  pipeline p;
  p.script = {scripted_answer(503).with("Retry-After", "2")};
  p.call(get(here).timeout(10s));
  ASSERT_EQ(p.sent().size(), 2U);
  EXPECT_EQ(p.sent()[0].fields.get("X-Enlace-Timeout-Ms"), "10000");
  EXPECT_LT(std::stoi(std::string(*p.sent()[1].fields.get("X-Enlace-Timeout-Ms"))), 8001);
  const std::string first(*p.sent()[0].fields.get("traceparent"));
  const std::string second(*p.sent()[1].fields.get("traceparent"));
  EXPECT_EQ(first.substr(0, 36), second.substr(0, 36));
  EXPECT_NE(first, second);
}

TEST(Retry, ARedirectToTheSameOriginIsFollowedOnceAndIsNoAttempt) {
  pipeline p;
  p.script = {scripted_answer(307).with("Location", "/there?x=1")};
  const reply r = p.call(post(here).data(object("a", 1)));
  EXPECT_TRUE(r.success());
  EXPECT_EQ(r.call().attempts, 1);
  ASSERT_EQ(p.sent().size(), 2U);
  EXPECT_EQ(p.sent()[1].target, "/there?x=1");
  EXPECT_EQ(p.sent()[1].body, R"({"a":1})");
}

TEST(Retry, OtherRedirectsAreNotFollowed) {
  for (const char* where : {"http://elsewhere/", "https://service/path", "//evil.example/"}) {
    pipeline p;
    p.otherwise = scripted_answer(307).with("Location", where);
    const reply r = p.call(get(here));
    EXPECT_EQ(p.sent().size(), 1U) << where;
    EXPECT_EQ(r.error().code, error_code::communication_error);
  }
  pipeline p;
  p.otherwise = scripted_answer(308).with("Location", "/again");
  EXPECT_FALSE(p.call(get(here)).success());
  EXPECT_EQ(p.sent().size(), 2U);
}

}  // namespace
}  // namespace enlace::test
