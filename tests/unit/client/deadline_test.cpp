#include <gtest/gtest.h>

#include "pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

TEST(CallDeadline, CoversAttemptsAndWaits) {
  pipeline p;
  p.otherwise = scripted_answer(503).after(400ms);
  const time_point began = p.time->now();
  const reply r = p.call(get(here).timeout(1s).max_attempts(10));
  EXPECT_FALSE(r.success());
  EXPECT_LE(p.time->now() - began, 1020ms);
  for (const sent_attempt& each : p.sent()) {
    EXPECT_LT(each.at - began, 1s);
    EXPECT_LE(each.deadline - began, 1s);
  }
}

TEST(CallDeadline, ASlowAnswerIsATimeoutWithItsDetails) {
  pipeline p;
  p.otherwise = scripted_answer(200).after(5s);
  const reply r = p.call(post(here).operation("agent_response").timeout(500ms));
  EXPECT_EQ(r.error().code, error_code::timeout_error);
  EXPECT_EQ(r.error().details.at("operation"), "agent_response");
  EXPECT_EQ(r.error().details.at("attempts"), 1);
  EXPECT_DOUBLE_EQ(r.error().details.at("timeout_s").to_number<double>(), 0.5);
  EXPECT_EQ(r.error().details.at("phase"), "first_byte");
  EXPECT_EQ(r.call().elapsed, 500ms);
}

TEST(CallDeadline, AnInboundOneCapsTheCall) {
  pipeline p;
  p.otherwise = scripted_answer(200).after(5s);
  context inbound;
  inbound.deadline(p.time->now() + 300ms);
  const reply r = p.call(get(here), inbound);
  EXPECT_EQ(r.error().code, error_code::timeout_error);
  EXPECT_EQ(r.call().elapsed, 300ms);
}

TEST(CallDeadline, OneThatIsPastSendsNothing) {
  pipeline p;
  context inbound;
  inbound.deadline(p.time->now());
  const reply r = p.call(get(here), inbound);
  EXPECT_EQ(r.error().code, error_code::timeout_error);
  EXPECT_TRUE(p.sent().empty());
}

TEST(CallDeadline, AnAttemptTimeoutLeavesTimeForAnother) {
  settings values;
  values.services["service"].attempt_timeout = 100ms;
  pipeline p(std::move(values));
  p.script = {scripted_answer(200).after(5s)};
  const reply r = p.call(get(here).timeout(2s));
  EXPECT_TRUE(r.success());
  EXPECT_EQ(r.call().attempts, 2);
}

TEST(CallDeadline, ATimeoutSaysWhoseItWas) {
  settings values;
  values.services["service"].attempt_timeout = 100ms;
  pipeline p(std::move(values));
  p.otherwise = scripted_answer(200).after(5s);
  EXPECT_EQ(p.call(get(here).timeout(2s).max_attempts(1)).message(),
            "no answer from service within 100ms, the time for one attempt");
  EXPECT_EQ(p.call(get(here).timeout(50ms).max_attempts(1)).message(), "no answer from service within 50ms");
}

TEST(CallDeadline, TheOperationGivesTheTimeout) {
  pipeline p;
  p.otherwise = scripted_answer(200).after(1h);
  EXPECT_EQ(p.call(post(here).operation("agent_config").max_attempts(1)).call().elapsed, 10s);
  EXPECT_EQ(p.call(post(here).operation("nobody_knows").max_attempts(1)).call().elapsed, 60s);
}

}  // namespace
}  // namespace enlace::test
