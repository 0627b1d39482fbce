#include <gtest/gtest.h>

#include "pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

TEST(ContextCall, AmbientIdsGoToInternalServicesAndExplicitOnesWin) {
  pipeline p;
  context ambient;
  ambient.tenant("acme").agent("a-1").conversation("c-1");
  p.call(post(here).agent("a-2").conversation(""), ambient);
  const headers& sent = p.sent().front().fields;
  EXPECT_EQ(sent.get("X-Tenant-ID"), "acme");
  EXPECT_EQ(sent.get("X-Agent-ID"), "a-2");
  EXPECT_FALSE(sent.contains("X-Conversation-ID"));
}

TEST(ContextCall, NothingGoesToStrangers) {
  pipeline p;
  context ambient;
  ambient.tenant("acme").agent("a-1").baggage("k=v").request_id("r");
  p.call(post("https://api.example.com/v1").data(object("x", 1)).header("X-By-Hand", "1"), ambient);
  const headers& sent = p.sent().front().fields;
  for (const char* name :
       {"X-Tenant-ID", "X-Agent-ID", "baggage", "X-Request-ID", "traceparent", "X-Enlace-Timeout-Ms"}) {
    EXPECT_FALSE(sent.contains(name)) << name;
  }
  EXPECT_EQ(sent.get("X-By-Hand"), "1");
}

TEST(ContextCall, AnotherTenantInTheDataIsABreachBeforeAnyIo) {
  pipeline p;
  const reply r = p.call(post(here).tenant("acme").data(object("tenant_id", "globex")));
  EXPECT_EQ(r.error().code, error_code::tenant_isolation_breach);
  EXPECT_TRUE(p.sent().empty());
  EXPECT_TRUE(p.call(post(here).data(object("tenant_id", "globex"))).success());
}

TEST(ContextCall, TheTenantMayGoIntoTheBody) {
  settings values;
  values.context.tenant_in_body = true;
  pipeline p(std::move(values));
  p.call(post(here).tenant("acme").data(object("q", 0.7)));
  p.call(post("http://api.example.com/").tenant("acme").data(object("q", 1)));
  EXPECT_EQ(p.sent()[0].body, R"({"q":0.7,"tenant_id":"acme"})");
  EXPECT_EQ(p.sent()[1].body, R"({"q":1})");
}

TEST(ContextCall, TheTraceIsCarriedOn) {
  pipeline p;
  context ambient;
  ambient.traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").tracestate("a=1");
  const reply r = p.call(get(here), ambient);
  EXPECT_EQ(r.call().trace_id, "0af7651916cd43dd8448eb211c80319c");
  const std::string sent(*p.sent().front().fields.get("traceparent"));
  EXPECT_EQ(sent.substr(0, 36), "00-0af7651916cd43dd8448eb211c80319c-");
  EXPECT_NE(sent.substr(36, 16), "b7ad6b7169203331");
  EXPECT_EQ(p.sent().front().fields.get("tracestate"), "a=1");
}

TEST(ContextCall, BadInputEndsWithoutIoAndTouchesNoBreaker) {
  pipeline p;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(p.call(get("ftp://x/")).error().code, error_code::validation_error);
    EXPECT_EQ(p.call(get(here).timeout(0s)).error().code, error_code::validation_error);
    EXPECT_EQ(p.call(get(here).header("Host", "x")).error().code, error_code::validation_error);
    EXPECT_EQ(p.call(get(here).tenant("a\r\nb")).error().code, error_code::validation_error);
  }
  context ambient;
  ambient.tenant("a\nb");
  EXPECT_EQ(p.call(get(here), ambient).error().code, error_code::validation_error);
  EXPECT_TRUE(p.sent().empty());
  EXPECT_TRUE(p.call(get(here)).success());
}

TEST(ContextCall, AStateThatIsReusedRemembersNothing) {
  pipeline p;
  p.call(post(here).tenant("acme").agent("x").data(object("secret", 1)).header("X-Old", "1").idempotency_key("k"));
  p.otherwise = scripted_answer(503);
  p.call(post(here).timeout(3s));
  p.otherwise = scripted_answer(200, "[]");
  const reply r = p.call(get("http://other/"));
  EXPECT_EQ(r.call().service, "other:80");
  EXPECT_TRUE(r.data().is_array());
  const sent_attempt& last = p.sent().back();
  EXPECT_FALSE(last.fields.contains("X-Tenant-ID"));
  EXPECT_FALSE(last.fields.contains("X-Old"));
  EXPECT_FALSE(last.fields.contains("Idempotency-Key"));
  EXPECT_TRUE(last.body.empty());
  EXPECT_EQ(p.call(get("bad")).call().service, "");
}

TEST(ContextCall, HealthIsAskedOnceAndNeverOpensTheBreaker) {
  pipeline p;
  p.otherwise = scripted_answer(503);
  for (int i = 0; i < 10; ++i) {
    bool well = true;
    boost::asio::co_spawn(p.loop, p.caller->check_service_health("http://service/", "it"),
                          [&well](std::exception_ptr, bool answer) { well = answer; });
    p.run();
    EXPECT_FALSE(well);
  }
  EXPECT_EQ(p.sent().size(), 10U);
  EXPECT_EQ(p.sent().front().target, "/health");
  EXPECT_EQ(p.caller->breakers().front().state, breaker_state::closed);
}

TEST(ContextCall, TheTrailTellsAttemptsAndWaits) {
  pipeline p;
  p.script = {scripted_answer(503)};
  const reply r = p.call(get(here).trail());
  ASSERT_EQ(r.trail().size(), 3U);
  EXPECT_EQ(r.trail()[0].what, "attempt");
  EXPECT_EQ(r.trail()[1].what, "wait");
  EXPECT_EQ(r.trail()[2].why, "2: HTTP 200");
  EXPECT_TRUE(p.call(get(here)).trail().empty());
}

}  // namespace
}  // namespace enlace::test
