#include <algorithm>
#include <chrono>
#include <vector>

#include <enlace/testing/service.hpp>
#include <enlace/testing/world.hpp>
#include <gtest/gtest.h>

namespace enlace::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* here = "http://rag:8000/x";

request once() { return get(here).max_attempts(1).timeout(10s); }

const json::value& details(const reply& of, const char* name) { return of.error().details.at(name); }

TEST(Latency, HasTheShapeThatItSays) {
  random_source random(1);
  EXPECT_EQ(latency::fixed(7ms).draw(random), 7ms);
  std::vector<duration> drawn(2001);
  std::generate(drawn.begin(), drawn.end(), [&] { return latency::between(1ms, 3ms).draw(random); });
  EXPECT_GE(*std::min_element(drawn.begin(), drawn.end()), 1ms);
  EXPECT_LE(*std::max_element(drawn.begin(), drawn.end()), 3ms);
  std::generate(drawn.begin(), drawn.end(), [&] { return latency::around(10ms, 1).draw(random); });
  std::nth_element(drawn.begin(), drawn.begin() + 1000, drawn.end());
  EXPECT_GT(drawn[1000], 8ms);
  EXPECT_LT(drawn[1000], 12ms);
  EXPECT_GT(*std::max_element(drawn.begin(), drawn.end()), 100ms);
}

TEST(Service, AnswersAndKeepsWhatItReceived) {
  world in;
  service& rag = in.at("rag:8000");
  rag.answers([](const received& what) { return answer(200, R"({"for":")" + std::string(what.tenant()) + "\"}"); });
  const reply r = in.call(post(here).data(object("q", 1)).tenant("acme"));
  ASSERT_TRUE(r.success());
  EXPECT_EQ(r.data().at("for"), "acme");
  ASSERT_EQ(rag.requests().size(), 1U);
  EXPECT_EQ(rag.requests()[0].method, "POST");
  EXPECT_EQ(rag.requests()[0].target, "/x");
  EXPECT_EQ(rag.requests()[0].body, R"({"q":1})");
  EXPECT_TRUE(rag.requests()[0].executed);
  EXPECT_EQ(rag.executed(), 1U);
}

TEST(Service, BreaksAsItsConditionsSay) {
  struct expectation {
    conditions how;
    const char* error;
    std::uint64_t executed;
  };
  const expectation all[] = {
      {{.refused = 1}, "refused", 0},   {{.lost = 1}, "connect_timeout", 0}, {{.reset_before = 1}, "reset", 0},
      {{.reset_after = 1}, "reset", 1}, {{.truncated = 1}, "truncated", 1},  {{.malformed = 1}, "malformed", 1},
  };
  for (const expectation& each : all) {
    world in;
    service& rag = in.at("rag:8000").fares(each.how);
    const reply r = in.call(once());
    ASSERT_FALSE(r.success());
    EXPECT_EQ(details(r, "error"), each.error);
    EXPECT_EQ(rag.executed(), each.executed) << each.error;
    EXPECT_EQ(rag.attempts(), 1U);
  }
}

TEST(Service, ThatHangsOrDripsMeetsTheDeadline) {
  for (const conditions& how : {conditions{.hanging = 1}, conditions{.dripping = 1}}) {
    world in;
    service& rag = in.at("rag:8000").fares(how);
    EXPECT_EQ(in.call(once()).error().code, error_code::timeout_error);
    EXPECT_EQ(rag.executed(), 1U);
  }
}

TEST(Service, ExecutesWhatWasSentThoughItsCallerHasGone) {
  world in;
  conditions slow;
  slow.takes = latency::fixed(10s);
  service& rag = in.at("rag:8000").fares(slow);
  EXPECT_EQ(in.call(post(here).timeout(1s)).error().code, error_code::timeout_error);
  EXPECT_EQ(rag.executed(), 1U);
}

TEST(Service, RefusesBeyondItsCapacity) {
  world in;
  conditions how;
  how.takes = latency::fixed(100ms);
  how.capacity = 2;
  how.overload_status = 429;
  how.retry_after = 1500ms;
  service& rag = in.at("rag:8000").fares(how);
  std::vector<std::shared_ptr<started_call>> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(in.start(once()));
  in.run();
  EXPECT_TRUE(calls[0]->answer->success());
  EXPECT_TRUE(calls[1]->answer->success());
  EXPECT_EQ(calls[2]->answer->error().code, error_code::rate_limited);
  EXPECT_EQ(calls[2]->answer->error().retry_after, seconds_d(2));
  EXPECT_EQ(rag.executed(), 2U);
  EXPECT_EQ(rag.busy(), 0);
}

TEST(Service, RestartsAndIsSlowAtFirst) {
  world in;
  conditions how;
  how.takes = latency::fixed(10ms);
  service& rag = in.at("rag:8000").fares(how);
  const auto before = in.start(once());
  in.run_for(1ms);
  rag.restarts(1s, 10s);
  in.run_for(100ms);
  EXPECT_EQ(details(*before->answer, "error"), "reset");
  EXPECT_EQ(details(in.call(once()), "error"), "refused");
  in.run_for(1s);
  const reply slow = in.call(once());
  EXPECT_GT(slow.call().elapsed, 80ms);
  in.run_for(10s);
  EXPECT_LT(in.call(once()).call().elapsed, 16ms);
}

TEST(Service, ThatIsCutOffLetsNothingThrough) {
  world in;
  service& rag = in.at("rag:8000");
  const auto before = in.start(once());
  in.run_for(500us);
  rag.partitioned_for(60s);
  const auto after = in.start(once());
  in.run_for(20s);
  EXPECT_EQ(before->answer->error().code, error_code::timeout_error);
  EXPECT_EQ(details(*after->answer, "error"), "connect_timeout");
  in.run_for(60s);
  EXPECT_TRUE(in.call(once()).success());
}

TEST(Service, FaresOtherwiseForAWhileAndRecovers) {
  world in;
  service& rag = in.at("rag:8000").fares_for(10s, conditions{.failing = 1});
  EXPECT_EQ(in.call(once()).error().code, error_code::service_unavailable);
  in.run_for(10s);
  EXPECT_TRUE(in.call(once()).success());
  rag.restarts(1h);
  rag.recovers(conditions());
  EXPECT_TRUE(in.call(once()).success());
}

TEST(Service, ThatNobodyMadeHasNoName) {
  world in;
  EXPECT_EQ(details(in.call(get("http://nowhere/").max_attempts(1)), "error"), "dns");
}

}  // namespace
}  // namespace enlace::testing
