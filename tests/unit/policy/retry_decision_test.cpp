#include "policy/retry_decision.hpp"

#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{std::chrono::hours(1)};

class RetryDecision : public testing::Test {
 protected:
  RetryDecision() {
    question.result.status = 503;
    question.result.sent = true;
    question.idempotent = true;
    question.tenant = "acme";
    question.now = start;
    question.until = deadline(start, 60s);
  }
  retry_decision decide() { return decide_retry(options, question, budget, random); }
  double left() const { return budget.left(start); }

  retry_options options;
  retry_question question;
  retry_budget budget{retry_options()};
  random_source random{7};
};

TEST_F(RetryDecision, RetriesAfterABackOffAndPaysForIt) {
  const retry_decision decision = decide();
  EXPECT_TRUE(decision.retry());
  EXPECT_LE(decision.wait, 100ms);
  EXPECT_EQ(decision.retry_after, std::nullopt);
  EXPECT_EQ(left(), 9);
  EXPECT_EQ(budget.left("acme"), 9);
}

TEST_F(RetryDecision, LaterAttemptsWaitLonger) {
  options.max_attempts = 100;
  duration most{};
  for (int i = 0; i < 5; ++i) {
    question.attempts = 7;
    most = std::max(most, decide().wait);
  }
  EXPECT_GT(most, 1s);
  EXPECT_LE(most, 6400ms);
}

TEST_F(RetryDecision, WhatCannotSucceedIsPermanent) {
  for (const int status : {200, 302, 400, 404, 501, 505}) {
    question.result.status = status;
    EXPECT_EQ(decide().stopped_by, stop_reason::permanent) << status;
  }
  question.result.failure = wire_failure::cancelled;
  EXPECT_EQ(decide().stopped_by, stop_reason::permanent);
  EXPECT_EQ(left(), 10) << "a stop costs nothing";
}

TEST_F(RetryDecision, OtherThanIdempotentRequestsAreRepeatedOnlyWhenNothingWasProcessed) {
  question.idempotent = false;
  EXPECT_EQ(decide().stopped_by, stop_reason::not_idempotent);
  question.result.status = 429;
  EXPECT_TRUE(decide().retry());
  question.result.status = 503;
  question.result.retry_after = seconds_d(0);
  EXPECT_TRUE(decide().retry());
  EXPECT_EQ(left(), 8);
}

TEST_F(RetryDecision, AllAttemptsCount) {
  question.attempts = 2;
  EXPECT_TRUE(decide().retry());
  question.attempts = 3;
  EXPECT_EQ(decide().stopped_by, stop_reason::exhausted);
  options.max_attempts = 1;
  question.attempts = 1;
  EXPECT_EQ(decide().stopped_by, stop_reason::exhausted);
  EXPECT_EQ(left(), 9);
}

TEST_F(RetryDecision, NoBudgetNoRetry) {
  while (budget.take("", start)) {
  }
  EXPECT_EQ(decide().stopped_by, stop_reason::budget);
  EXPECT_EQ(budget.left("acme"), 10);
}

TEST_F(RetryDecision, RetryAfterIsWaitedFor) {
  question.result.retry_after = seconds_d(7);
  const retry_decision decision = decide();
  EXPECT_TRUE(decision.retry());
  EXPECT_GE(decision.wait, 7s);
  EXPECT_LE(decision.wait, 7700ms);
  EXPECT_EQ(decision.retry_after, seconds_d(7));
}

TEST_F(RetryDecision, RetryAfterPastTheDeadlineStopsAtOnceAndIsKept) {
  for (const double asked : {60.0, 61.0, 1e30}) {
    question.result.retry_after = seconds_d(asked);
    const retry_decision decision = decide();
    EXPECT_EQ(decision.stopped_by, stop_reason::deadline);
    EXPECT_EQ(decision.retry_after, seconds_d(asked));
  }
  EXPECT_EQ(left(), 10);
}

TEST_F(RetryDecision, JitterAloneNeverLosesTheDeadline) {
  question.result.retry_after = seconds_d(59);
  for (int i = 0; i < 10; ++i) {
    const retry_decision decision = decide();
    ASSERT_TRUE(decision.retry());
    EXPECT_GE(decision.wait, 59s);
    EXPECT_LT(decision.wait, 60s);
  }
}

TEST_F(RetryDecision, NeverAWaitPastTheDeadline) {
  options.max_attempts = 100;
  options.budget_burst = 1000;
  budget.reconfigure(options);
  question.attempts = 20;
  for (int left_ms = 1; left_ms < 12000; left_ms += 97) {
    question.until = deadline(start, std::chrono::milliseconds(left_ms));
    const retry_decision decision = decide();
    if (decision.retry()) {
      EXPECT_LT(decision.wait, std::chrono::milliseconds(left_ms));
    } else if (decision.stopped_by != stop_reason::budget) {
      EXPECT_EQ(decision.stopped_by, stop_reason::deadline);
    }
  }
  question.until = deadline(start);
  EXPECT_EQ(decide().stopped_by, stop_reason::deadline) << "no time left at all";
}

TEST_F(RetryDecision, RetryAfterIsKeptWhyeverItStops) {
  question.result.retry_after = seconds_d(3);
  question.attempts = 3;
  EXPECT_EQ(decide().retry_after, seconds_d(3));
  question.result.status = 404;
  EXPECT_EQ(decide().retry_after, seconds_d(3));
}

TEST(StopReason, HasTheNamesOfTheDetails) {
  EXPECT_EQ(name_of(stop_reason::not_idempotent), "not_idempotent");
  EXPECT_EQ(name_of(stop_reason::exhausted), "exhausted");
  EXPECT_EQ(name_of(stop_reason::budget), "budget");
  EXPECT_EQ(name_of(stop_reason::deadline), "deadline");
  EXPECT_EQ(name_of(stop_reason::permanent), "permanent");
  EXPECT_EQ(name_of(stop_reason::breaker), "breaker");
}

}  // namespace
}  // namespace enlace
