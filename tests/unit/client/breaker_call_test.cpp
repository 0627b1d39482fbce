#include <gtest/gtest.h>

#include "pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

TEST(BreakerCall, OpensRejectsAndRecovers) {
  pipeline p;
  p.otherwise = scripted_answer(503);
  for (int i = 0; i < 20; ++i) p.call(post(here));
  EXPECT_EQ(p.sent().size(), 5U);
  const reply rejected = p.call(post(here));
  EXPECT_EQ(rejected.error().code, error_code::service_unavailable);
  EXPECT_EQ(rejected.error().details.at("circuit_breaker"), "open");
  EXPECT_EQ(rejected.error().details.at("service"), "service:80");
  EXPECT_EQ(rejected.call().attempts, 0);
  EXPECT_EQ(rejected.call().breaker, breaker_state::open);
  EXPECT_TRUE(rejected.error().retry_after.has_value());

  p.time->advance(31s);
  p.otherwise = scripted_answer(200);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(p.call(post(here)).success());
  EXPECT_EQ(p.caller->breakers().front().state, breaker_state::closed);
}

TEST(BreakerCall, StopsTheRetriesOfACallThatWaits) {
  pipeline p;
  p.otherwise = scripted_answer(503);
  auto waits = p.start(get(here).max_attempts(50));
  for (int i = 0; i < 5; ++i) p.start(post(here));
  p.run();
  EXPECT_EQ(stopped_by(*waits->answer), "breaker");
  EXPECT_LE(waits->answer->call().attempts, 2);
  EXPECT_EQ(waits->answer->error().details.at("status"), 503);
}

TEST(BreakerCall, NeutralAnswersDoNotOpenIt) {
  pipeline p;
  for (const int status : {400, 404, 429, 409}) {
    p.otherwise = scripted_answer(status);
    for (int i = 0; i < 30; ++i) p.call(post(here).max_attempts(1));
  }
  EXPECT_EQ(p.caller->breakers().front().state, breaker_state::closed);
}

TEST(BreakerCall, EnvelopeFailuresCountWhenTheServiceSaysSo) {
  for (const bool counted : {false, true}) {
    settings values;
    values.services["service"].envelope_failures = counted;
    pipeline p(std::move(values));
    p.otherwise = scripted_answer(200, R"({"success":false,"message":"no","error":{"code":"X"}})");
    for (int i = 0; i < 10; ++i) p.call(post(here));
    EXPECT_EQ(p.sent().size(), counted ? 5U : 10U);
  }
}

TEST(BreakerCall, AByHandOneRejectsAndLetsGo) {
  pipeline p;
  p.call(get(here));
  ASSERT_TRUE(p.caller->override_breaker("service:80", breaker_override::force_open));
  EXPECT_EQ(p.call(get(here)).error().details.at("circuit_breaker"), "forced_open");
  ASSERT_TRUE(p.caller->override_breaker("service:80", breaker_override::automatic));
  EXPECT_TRUE(p.call(get(here)).success());
  EXPECT_FALSE(p.caller->override_breaker("nobody", breaker_override::observe));
}

TEST(BreakerCall, LimitsRejectAtOnceAndGiveBack) {
  settings values;
  values.services["service"].max_in_flight = 2;
  values.limits.tenant_in_flight = 1;
  pipeline p(std::move(values));
  p.otherwise = scripted_answer(200).after(1s);
  auto a = p.start(get(here).tenant("acme"));
  auto b = p.start(get(here).tenant("acme"));
  auto c = p.start(get(here).tenant("globex"));
  auto d = p.start(get(here).tenant("umbrella"));
  p.run();
  EXPECT_TRUE(a->answer->success());
  EXPECT_EQ(b->answer->error().details.at("limit"), "tenant");
  EXPECT_TRUE(c->answer->success());
  EXPECT_EQ(d->answer->error().details.at("limit"), "service");
  EXPECT_EQ(d->answer->error().code, error_code::service_unavailable);
  EXPECT_EQ(p.wire->most_in_flight, 2);
  EXPECT_TRUE(p.call(get(here).tenant("acme")).success());
}

TEST(BreakerCall, ThatOpensBetweenARedirectAndItsTargetIsARejection) {
  pipeline p;
  p.answer = [&p](const sent_attempt&) {
    p.caller->override_breaker("service:80", breaker_override::force_open);
    return scripted_answer(307).with("Location", "/elsewhere");
  };
  const reply r = p.call(get(here));
  ASSERT_FALSE(r.success());
  EXPECT_EQ(r.error().code, error_code::service_unavailable);
  EXPECT_EQ(r.error().details.at("circuit_breaker"), "forced_open");
  EXPECT_EQ(p.sent().size(), 1U);
}

TEST(BreakerCall, AReloadKeepsIt) {
  pipeline p;
  p.otherwise = scripted_answer(503);
  for (int i = 0; i < 5; ++i) p.call(post(here));
  settings values;
  values.services["other"].timeout = 1s;
  p.caller->reload(options::make(std::move(values)).value());
  EXPECT_EQ(p.call(post(here)).call().breaker, breaker_state::open);
}

}  // namespace
}  // namespace enlace::test
