#include "policy/attempt.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

using enum retry_right;

attempt_result answered(int status) {
  attempt_result result;
  result.status = status;
  result.sent = true;
  return result;
}

attempt_result broken(wire_failure failure, bool sent, bool reused = false) {
  attempt_result result;
  result.failure = failure;
  result.sent = sent;
  result.reused_connection = reused;
  return result;
}

TEST(Attempt, TakesOverWhatTheTransportReports) {
  incoming in;
  in.status = 503;
  in.failure = wire_failure::truncated;
  in.sent = true;
  in.reused_connection = true;
  const attempt_result result = result_of(in);
  EXPECT_EQ(result.status, 503);
  EXPECT_EQ(result.failure, wire_failure::truncated);
  EXPECT_TRUE(result.sent);
  EXPECT_TRUE(result.reused_connection);
  EXPECT_FALSE(result.unusable_answer);
  EXPECT_FALSE(result.retry_after);
}

TEST(MayRetry, EveryStatus) {
  for (int status = 100; status < 600; ++status) {
    retry_right expected = never;
    if (status == 421 || status == 429) expected = any_method;
    if (status == 408 || status == 425) expected = idempotent_only;
    if (status >= 500 && status != 501 && status != 505) expected = idempotent_only;
    EXPECT_EQ(may_retry(answered(status)), expected) << status;
  }
}

TEST(MayRetry, RetryAfterMakesA503OneThatWasNotProcessed) {
  for (const int status : {200, 404, 408, 500, 501, 502, 503, 504}) {
    attempt_result result = answered(status);
    const retry_right without = may_retry(result);
    result.retry_after = seconds_d(0);
    EXPECT_EQ(may_retry(result), status == 503 ? any_method : without) << status;
  }
}

TEST(MayRetry, UnusableAnswersOfASuccessOnlyWhenIdempotent) {
  for (const int status : {200, 201, 299}) {
    attempt_result result = answered(status);
    result.unusable_answer = true;
    EXPECT_EQ(may_retry(result), idempotent_only);
  }
  for (const int status : {302, 400, 404, 501}) {
    attempt_result result = answered(status);
    result.unusable_answer = true;
    EXPECT_EQ(may_retry(result), never) << status;
  }
}

TEST(MayRetry, WireFailures) {
  struct row {
    wire_failure failure;
    retry_right unsent;
    retry_right sent;
  };
  for (const row& r : {
           row{wire_failure::dns, any_method, any_method},
           row{wire_failure::refused, any_method, any_method},
           row{wire_failure::connect_timeout, any_method, any_method},
           row{wire_failure::tls, any_method, any_method},
           row{wire_failure::pool_full, any_method, any_method},
           row{wire_failure::reset, any_method, idempotent_only},
           row{wire_failure::truncated, any_method, idempotent_only},
           row{wire_failure::timeout, any_method, idempotent_only},
           row{wire_failure::malformed, idempotent_only, idempotent_only},
           row{wire_failure::content_encoding, idempotent_only, idempotent_only},
           row{wire_failure::too_large, never, never},
           row{wire_failure::cancelled, never, never},
       }) {
    for (const bool reused : {false, true}) {
      EXPECT_EQ(may_retry(broken(r.failure, false, reused)), r.unsent) << static_cast<int>(r.failure);
      EXPECT_EQ(may_retry(broken(r.failure, true, reused)), r.sent) << static_cast<int>(r.failure);
    }
  }
}

TEST(MayRetry, AStatusThatCameBeforeTheBreakDoesNotDecide) {
  attempt_result result = broken(wire_failure::truncated, true);
  result.status = 200;
  EXPECT_EQ(may_retry(result), idempotent_only);
  result.status = 404;
  EXPECT_EQ(may_retry(result), idempotent_only);
}

TEST(Vote, EveryStatus) {
  for (int status = 100; status < 600; ++status) {
    breaker_vote expected = breaker_vote::success;
    if (status >= 400) expected = breaker_vote::neutral;
    if (status >= 500 && status != 501 && status != 505) expected = breaker_vote::failure;
    EXPECT_EQ(vote_of(answered(status)), expected) << status;
  }
}

TEST(Vote, WireFailures) {
  for (const wire_failure failure :
       {wire_failure::dns, wire_failure::refused, wire_failure::connect_timeout, wire_failure::tls, wire_failure::reset,
        wire_failure::truncated, wire_failure::timeout, wire_failure::malformed}) {
    EXPECT_EQ(vote_of(broken(failure, true)), breaker_vote::failure) << static_cast<int>(failure);
    EXPECT_EQ(vote_of(broken(failure, false)), breaker_vote::failure) << static_cast<int>(failure);
  }
  for (const wire_failure failure :
       {wire_failure::pool_full, wire_failure::too_large, wire_failure::content_encoding, wire_failure::cancelled}) {
    EXPECT_EQ(vote_of(broken(failure, true)), breaker_vote::neutral) << static_cast<int>(failure);
    EXPECT_EQ(vote_of(broken(failure, false)), breaker_vote::neutral) << static_cast<int>(failure);
  }
}

TEST(Vote, AStaleConnectionSaysNothingOfTheService) {
  EXPECT_EQ(vote_of(broken(wire_failure::reset, false, true)), breaker_vote::neutral);
  EXPECT_EQ(vote_of(broken(wire_failure::truncated, false, true)), breaker_vote::neutral);
  EXPECT_EQ(vote_of(broken(wire_failure::reset, true, true)), breaker_vote::failure);
  EXPECT_EQ(vote_of(broken(wire_failure::timeout, false, true)), breaker_vote::failure);
}

TEST(Vote, AnUnusableAnswerIsNoProofOfHealth) {
  attempt_result result = answered(200);
  result.unusable_answer = true;
  EXPECT_EQ(vote_of(result), breaker_vote::neutral);
  result.status = 500;
  EXPECT_EQ(vote_of(result), breaker_vote::failure);
}

TEST(MayRetry, NeverWhenABodyMadeOnTheWayWasBegun) {
  for (attempt_result result :
       {answered(503), answered(429), broken(wire_failure::reset, true), broken(wire_failure::reset, false)}) {
    result.body_begun = true;
    result.retry_after = seconds_d(0);
    EXPECT_EQ(may_retry(result), never);
  }
}

}  // namespace
}  // namespace enlace
