#include <gtest/gtest.h>

#include "pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

request cached(const char* tenant = "acme") { return get(here).tenant(tenant).use_cache().cache_ttl(60s); }

TEST(CachedCall, AFreshAnswerEndsTheCallEvenWhenTheBreakerIsOpen) {
  pipeline p;
  EXPECT_EQ(p.call(cached()).call().cached, cache_use::none);
  p.call(get(here));
  ASSERT_TRUE(p.caller->override_breaker("service:80", breaker_override::force_open));
  const reply r = p.call(cached());
  EXPECT_TRUE(r.success());
  EXPECT_EQ(r.call().cached, cache_use::fresh);
  EXPECT_EQ(r.call().attempts, 0);
  EXPECT_EQ(r.data().at("answer"), 1);
  EXPECT_EQ(p.sent().size(), 2U);
}

TEST(CachedCall, ExpiresAndIsOptIn) {
  pipeline p;
  p.call(cached());
  p.time->advance(61s);
  EXPECT_EQ(p.call(cached()).call().cached, cache_use::none);
  EXPECT_EQ(p.call(get(here).tenant("acme")).call().cached, cache_use::none);
  EXPECT_EQ(p.call(get(here).tenant("acme").use_cache().cache_ttl(0s)).call().cached, cache_use::none);
}

TEST(CachedCall, TenantsAndDataAndCredentialsAreToldApart) {
  pipeline p;
  p.call(cached("acme"));
  EXPECT_EQ(p.call(cached("globex")).call().cached, cache_use::none);
  EXPECT_EQ(p.call(cached("acme").data(object("q", 1))).call().cached, cache_use::none);
  EXPECT_EQ(p.call(cached("acme").header("Authorization", "Bearer x")).call().cached, cache_use::none);
  EXPECT_EQ(p.call(cached("acme")).call().cached, cache_use::fresh);
}

TEST(CachedCall, ChangingAHitChangesNobodyElses) {
  pipeline p;
  p.call(cached());
  reply mine = p.call(cached());
  mine.data().as_object()["answer"] = "changed";
  EXPECT_EQ(p.call(cached()).data().at("answer"), 1);
}

TEST(CachedCall, FailuresAndNoStoreAreNotKept) {
  pipeline p;
  p.script = {scripted_answer(404)};
  EXPECT_FALSE(p.call(cached()).success());
  EXPECT_EQ(p.call(cached()).call().cached, cache_use::none);
  pipeline q;
  q.otherwise.with("Cache-Control", "no-store");
  q.call(cached());
  EXPECT_EQ(q.call(cached()).call().cached, cache_use::none);
}

TEST(CachedCall, AStaleAnswerStandsInForAFailure) {
  settings values;
  values.services["service"].stale_if_error = 10min;
  pipeline p(std::move(values));
  p.call(cached());
  p.time->advance(120s);
  p.otherwise = scripted_answer(503);
  const reply r = p.call(cached().max_attempts(1));
  EXPECT_TRUE(r.success());
  EXPECT_EQ(r.call().cached, cache_use::stale);
  EXPECT_GE(r.call().age, 120s);
  EXPECT_EQ(r.call().attempts, 1);
  p.otherwise = scripted_answer(404);
  EXPECT_FALSE(p.call(cached()).success());
  p.time->advance(11min);
  p.otherwise = scripted_answer(503);
  EXPECT_FALSE(p.call(cached().max_attempts(1)).success());
}

TEST(CachedCall, InvalidationDropsTheTenantsOnly) {
  pipeline p;
  p.call(cached("acme"));
  p.call(cached("globex"));
  EXPECT_EQ(p.caller->invalidate("acme"), 1U);
  EXPECT_EQ(p.call(cached("acme")).call().cached, cache_use::none);
  EXPECT_EQ(p.call(cached("globex")).call().cached, cache_use::fresh);
}

TEST(SharedCall, FiftyEqualCallsAreOneAndTwoTenantsTwo) {
  pipeline p;
  p.otherwise.after(1s);
  std::vector<std::shared_ptr<pipeline::pending>> all;
  for (int i = 0; i < 50; ++i) all.push_back(p.start(cached(i % 2 == 0 ? "acme" : "globex")));
  p.run();
  EXPECT_EQ(p.sent().size(), 2U);
  int shared = 0;
  for (const auto& each : all) {
    EXPECT_TRUE(each->answer->success());
    shared += each->answer->call().cached == cache_use::shared ? 1 : 0;
  }
  EXPECT_EQ(shared, 48);
  EXPECT_EQ(p.time->waiting(), 0U);
}

TEST(SharedCall, AFailureIsSharedToo) {
  pipeline p;
  p.otherwise = scripted_answer(404).after(1s);
  std::vector<std::shared_ptr<pipeline::pending>> all;
  for (int i = 0; i < 10; ++i) all.push_back(p.start(cached()));
  p.run();
  EXPECT_EQ(p.sent().size(), 1U);
  for (const auto& each : all) EXPECT_EQ(each->answer->error().code, error_code::not_found);
}

TEST(SharedCall, AFollowerTakesOverFromALeaderThatIsCancelled) {
  pipeline p;
  p.otherwise.after(1s);
  auto leader = p.start(cached());
  auto follower = p.start(cached());
  p.run_for(100ms);
  leader->cancel.emit(boost::asio::cancellation_type::terminal);
  p.run();
  EXPECT_EQ(leader->answer->error().code, error_code::cancelled);
  EXPECT_TRUE(follower->answer->success());
  EXPECT_EQ(p.sent().size(), 2U);
}

TEST(SharedCall, AFollowersCancellationLeavesTheFlightAlone) {
  pipeline p;
  p.otherwise.after(1s);
  auto leader = p.start(cached());
  auto follower = p.start(cached());
  p.run_for(100ms);
  follower->cancel.emit(boost::asio::cancellation_type::terminal);
  p.run_for(100ms);
  EXPECT_EQ(follower->answer->error().code, error_code::cancelled);
  p.run();
  EXPECT_TRUE(leader->answer->success());
  EXPECT_EQ(p.sent().size(), 1U);
}

TEST(SharedCall, AFollowerKeepsItsOwnDeadline) {
  pipeline p;
  p.otherwise.after(5s);
  auto leader = p.start(cached());
  auto follower = p.start(cached().timeout(200ms));
  p.run();
  EXPECT_TRUE(leader->answer->success());
  EXPECT_EQ(follower->answer->error().code, error_code::timeout_error);
  EXPECT_EQ(follower->answer->call().elapsed, 200ms);
}

TEST(CachedCall, AnAnswerThatExpiresWhileItIsRefreshedStandsInForNothing) {
  pipeline p;
  p.otherwise.after(10s);  // dear enough to be refreshed early
  p.call(cached());
  p.time->advance(55s);
  p.otherwise = scripted_answer(503).after(20s);
  int early = 0;
  for (int i = 0; i < 20 && early == 0; ++i) {
    const reply r = p.call(cached().max_attempts(1));
    if (r.success() && r.call().attempts == 0) continue;
    ++early;
    EXPECT_FALSE(r.success()) << "past its end, and served all the same";
  }
  EXPECT_EQ(early, 1);
}

TEST(CachedCall, WhoTakesOverAFlightPastItsDeadlineSendsNothing) {
  pipeline p;
  p.otherwise.after(60s);
  auto leader = p.start(cached().timeout(2s));
  auto follower = p.start(cached().timeout(3s));
  p.run_for(1s);
  p.time->advance(5s);  // the process was suspended
  p.run();
  EXPECT_EQ(leader->answer->error().code, error_code::timeout_error);
  EXPECT_EQ(follower->answer->error().code, error_code::timeout_error);
  EXPECT_EQ(follower->answer->call().attempts, 0);
  EXPECT_EQ(p.sent().size(), 1U);
}

}  // namespace
}  // namespace enlace::test
