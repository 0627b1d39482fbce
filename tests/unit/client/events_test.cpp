// What the pipeline tells of calls and attempts.
#include <map>
#include <string>

#include <enlace/call_event.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/core.hpp"
#include "context/trace_context.hpp"
#include "unit/client/stream_pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Pair;

/// Keeps what it is told.
class kept_events final : public event_listener {
 public:
  struct attempt {
    int number;
    int status;
    wire_failure failure;
    duration elapsed;
    span_place place;
  };
  struct call {
    std::string service, operation, tenant, code;
    int status, attempts;
    cache_use cached;
    std::uint64_t events;
    std::optional<duration> first_event;
    duration elapsed;
    span_place place;
    std::vector<std::string> trail;
    std::optional<span_place> shared_with;
  };
  void on_attempt(const attempt_event& over) noexcept override {
    attempts.push_back({over.number, over.status, over.failure, over.elapsed, over.place});
  }
  void on_call(const call_event& over) noexcept override {
    call& made = calls.emplace_back();
    made.service = over.service;
    made.operation = over.operation;
    made.tenant = over.tenant;
    made.code = over.failed == nullptr ? "" : over.failed->code_name();
    made.status = over.status;
    made.attempts = over.attempts;
    made.cached = over.cached;
    made.events = over.events;
    made.first_event = over.first_event;
    made.elapsed = over.elapsed;
    made.place = over.place;
    made.shared_with = over.shared_with;
    for (const trail_entry& line : over.trail) made.trail.push_back(line.what);
  }
  std::vector<attempt> attempts;
  std::vector<call> calls;
};

class Events : public ::testing::Test {
 protected:
  Events() { on.core->told().listen(heard); }
  pipeline on;
  std::shared_ptr<kept_events> heard = std::make_shared<kept_events>();
};

TEST_F(Events, OneAnAttemptAndOneACall) {
  on.script = {scripted_answer::broken(wire_failure::refused, false), scripted_answer(503), scripted_answer(200)};
  (void)on.call(get(here).tenant("acme").operation("rag_search"));
  ASSERT_EQ(heard->attempts.size(), 3U);
  EXPECT_EQ(heard->attempts[0].failure, wire_failure::refused);
  EXPECT_EQ(heard->attempts[1].status, 503);
  EXPECT_EQ(heard->attempts[2].number, 3);
  EXPECT_EQ(heard->attempts[2].elapsed, 1ms);
  ASSERT_EQ(heard->calls.size(), 1U);
  const kept_events::call& call = heard->calls[0];
  EXPECT_EQ(call.service, "service:80");
  EXPECT_EQ(call.operation, "rag_search");
  EXPECT_EQ(call.tenant, "acme");
  EXPECT_EQ(call.code, "");
  EXPECT_EQ(call.status, 200);
  EXPECT_EQ(call.attempts, 3);
  EXPECT_THAT(call.trail, ElementsAre("attempt", "wait", "attempt", "wait", "attempt"));
}

TEST_F(Events, SpansHangTogether) {
  context above;
  above.traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  (void)on.call(get(here), above);
  const span_place& call = heard->calls[0].place;
  const span_place& attempt = heard->attempts[0].place;
  EXPECT_TRUE(call.sampled);
  EXPECT_EQ(call.parent_id[0], 0xb7);
  EXPECT_EQ(attempt.trace_id, call.trace_id);
  EXPECT_EQ(attempt.parent_id, call.span_id);
  const std::string sent(on.sent()[0].fields.get("traceparent").value_or(""));
  const std::optional<trace_context> out = trace_context::parse(sent);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->span_id, attempt.span_id) << "the service continues below the attempt";
}

TEST_F(Events, ARejectedCallHasNoAttempt) {
  (void)on.call(get(here));
  ASSERT_TRUE(on.caller->override_breaker("service:80", breaker_override::force_open));
  (void)on.call(get(here));
  EXPECT_EQ(heard->attempts.size(), 1U);
  ASSERT_EQ(heard->calls.size(), 2U);
  EXPECT_EQ(heard->calls[1].code, "SERVICE_UNAVAILABLE");
  EXPECT_THAT(heard->calls[1].trail, ElementsAre("rejected"));
}

TEST_F(Events, AnAnswerFromTheCacheIsACallToo) {
  for (int i = 0; i < 2; ++i) (void)on.call(get(here).use_cache());
  ASSERT_EQ(heard->calls.size(), 2U);
  EXPECT_EQ(heard->calls[1].cached, cache_use::fresh);
  EXPECT_EQ(heard->attempts.size(), 1U);
}

TEST_F(Events, AFollowerIsLinkedToTheCallWhoseAnswerItShares) {
  on.script = {scripted_answer(200).after(10ms)};
  (void)on.start(get(here).use_cache());
  (void)on.start(get(here).use_cache());
  on.run();
  ASSERT_EQ(heard->calls.size(), 2U);
  EXPECT_EQ(heard->attempts.size(), 1U);
  const kept_events::call& leader = heard->calls[0];
  const kept_events::call& follower = heard->calls[1];
  EXPECT_EQ(leader.cached, cache_use::none);
  EXPECT_FALSE(leader.shared_with);
  EXPECT_EQ(follower.cached, cache_use::shared);
  ASSERT_TRUE(follower.shared_with);
  EXPECT_EQ(follower.shared_with->trace_id, leader.place.trace_id);
  EXPECT_EQ(follower.shared_with->span_id, leader.place.span_id);
  EXPECT_NE(follower.place.trace_id, leader.place.trace_id);
}

TEST_F(Events, AStreamIsOneCallWhoseAttemptEndsWithItsFirstEvent) {
  on.script = {sse_answer(sse_events(3), 2s)};
  const auto got = read_stream::whole(on, get(here).header("X-Tenant-ID", "acme"));
  ASSERT_EQ(heard->attempts.size(), 1U);
  EXPECT_EQ(heard->attempts[0].elapsed, 1ms);
  ASSERT_EQ(heard->calls.size(), 1U);
  EXPECT_EQ(heard->calls[0].events, 3U);
  EXPECT_EQ(heard->calls[0].first_event, 1ms);
  EXPECT_EQ(heard->calls[0].elapsed, 4001ms);
  EXPECT_EQ(heard->calls[0].tenant, "acme") << "set by hand, and read after the stream";
  EXPECT_EQ(heard->calls[0].operation, "llm_stream");
}

TEST(Sampling, IsDecidedWhereATraceBegins) {
  settings values;
  values.telemetry.sampling = 0.25;
  pipeline on(values);
  const auto heard = std::make_shared<kept_events>();
  on.core->told().listen(heard);
  constexpr int calls = 4000;
  for (int i = 0; i < calls; ++i) (void)on.call(get(here));
  int sampled = 0;
  for (std::size_t i = 0; i < heard->calls.size(); ++i) {
    sampled += heard->calls[i].place.sampled ? 1 : 0;
    EXPECT_EQ(heard->calls[i].place.sampled, heard->attempts[i].place.sampled);
    const std::string sent(on.sent()[i].fields.get("traceparent").value_or(""));
    EXPECT_EQ(sent.ends_with("-01"), heard->calls[i].place.sampled) << sent;
  }
  EXPECT_NEAR(sampled, calls / 4, 150);  // more than five standard deviations
}

TEST(Sampling, StaysAsTheCallerDecided) {
  settings values;
  values.telemetry.sampling = 1;
  pipeline on(values);
  const auto heard = std::make_shared<kept_events>();
  on.core->told().listen(heard);
  context above;
  above.traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
  (void)on.call(get(here), above);
  (void)on.call(get(here));
  EXPECT_FALSE(heard->calls[0].place.sampled);
  EXPECT_TRUE(heard->calls[1].place.sampled);
}

TEST(TenantLabels, CountTheFirstTenantsByNameAndTheOthersTogether) {
  settings values;
  values.telemetry.tenant_labels = 2;
  pipeline on(values);
  for (const char* tenant : {"acme", "globex", "initech", "acme", "umbrella"}) {
    (void)on.call(get(here).tenant(tenant));
  }
  (void)on.call(get(here));
  std::vector<metric> all;
  on.core->told().tenants().append_to(all);
  std::map<std::string, double> successes;
  for (const metric& each : all) {
    if (each.name != "enlace.tenant.calls") continue;
    for (const metric_point& point : each.points) {
      if (point.labels.at(1).second == "success") successes[point.labels.at(0).second] = point.value;
    }
  }
  EXPECT_THAT(successes, ElementsAre(Pair("acme", 2), Pair("globex", 1), Pair("other", 2)));
}

TEST(TenantLabels, AreNoneUnlessAskedFor) {
  pipeline on;
  (void)on.call(get(here).tenant("acme"));
  std::vector<metric> all;
  on.core->told().tenants().append_to(all);
  EXPECT_TRUE(all.empty());
}

TEST_F(Events, NobodyIsToldAfterForget) {
  on.core->told().forget(*heard);
  EXPECT_FALSE(on.core->told().listening(true));
  (void)on.call(get(here));
  EXPECT_TRUE(heard->calls.empty());
}

TEST_F(Events, WhoWantsSampledCallsAloneIsTroubledWithNoOthers) {
  on.core->told().forget(*heard);
  on.core->told().listen(heard, telemetry::interest::sampled);
  EXPECT_FALSE(on.core->told().listening(false));
  context above;
  (void)on.call(get(here), above.traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));
  EXPECT_TRUE(heard->calls.empty());
  EXPECT_TRUE(heard->attempts.empty());
  (void)on.call(get(here), above.traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  ASSERT_EQ(heard->calls.size(), 1U);
  EXPECT_TRUE(heard->calls[0].place.sampled);
  EXPECT_THAT(heard->calls[0].trail, ElementsAre("attempt"));
}

TEST_F(Events, AreCountedByService) {
  on.script = {scripted_answer(503), scripted_answer(200), scripted_answer(404)};
  (void)on.call(get(here));
  (void)on.call(get(here));
  const auto numbers = on.core->told().metrics().of("service:80");
  EXPECT_EQ(numbers->attempts().count, 3U);
  EXPECT_EQ(numbers->calls(service_metrics::outcome::success), 1U);
  EXPECT_EQ(numbers->calls(service_metrics::outcome::client_error), 1U);
  EXPECT_NEAR(numbers->attempts().quantile(0.5), 0.001, 0.00005);
}

}  // namespace
}  // namespace enlace::test
