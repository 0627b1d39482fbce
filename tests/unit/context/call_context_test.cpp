#include "context/call_context.hpp"

#include <string>

#include <gtest/gtest.h>

namespace enlace {
namespace {

constexpr const char* parent_1 = "00-11111111111111111111111111111111-1111111111111111-01";
constexpr const char* parent_2 = "00-22222222222222222222222222222222-2222222222222222-00";

std::string sent(const call_context& call, audience to = audience::internal) {
  headers out;
  call.append_fields(out, to);
  std::string text;
  for (const headers::field field : out) {
    text.append(field.name).append("=").append(field.value).append("\n");
  }
  return text;
}

TEST(CallContext, SendsEveryIdUnderItsName) {
  const headers none;
  const context ids =
      context().tenant("t").agent("a").conversation("c").collection("l").request_id("r").correlation_id("x");
  const call_context call(none, ids, nullptr);
  EXPECT_EQ(
      sent(call),
      "X-Tenant-ID=t\nX-Agent-ID=a\nX-Conversation-ID=c\nX-Collection-ID=l\nX-Request-ID=r\nX-Correlation-ID=x\n");
  EXPECT_EQ(call.tenant(), "t");
  EXPECT_EQ(call.agent(), "a");
  EXPECT_EQ(call.conversation(), "c");
  EXPECT_EQ(call.collection(), "l");
}

TEST(CallContext, NothingComesOfNothing) {
  const headers none;
  const context ids;
  const call_context call(none, ids, nullptr);
  EXPECT_EQ(sent(call), "");
  EXPECT_EQ(call.tenant(), "");
  EXPECT_FALSE(call.parent());
  EXPECT_FALSE(call.deadline());
  EXPECT_TRUE(call.check());
}

TEST(CallContext, TheNearestOneWins) {
  headers by_hand;
  by_hand.add("x-tenant-id", "by-hand");
  by_hand.add("X-Agent-ID", "by-hand");
  by_hand.add("X-Other", "kept");
  const context ids = context().tenant("explicit");
  const context ambient = context().tenant("ambient").agent("ambient").conversation("ambient");
  const call_context call(by_hand, ids, &ambient);
  EXPECT_EQ(sent(call), "X-Other=kept\nX-Tenant-ID=explicit\nX-Agent-ID=by-hand\nX-Conversation-ID=ambient\n");
}

TEST(CallContext, AnEmptyIdMeansNoneAndStillWins) {
  headers by_hand;
  by_hand.add("X-Tenant-ID", "by-hand");
  by_hand.add("X-Agent-ID", "");
  const context ids = context().tenant("").conversation("");
  const context ambient = context().tenant("ambient").agent("ambient").conversation("ambient");
  const call_context call(by_hand, ids, &ambient);
  EXPECT_EQ(sent(call), "");
  EXPECT_EQ(call.tenant(), "");
}

TEST(CallContext, TheDefaultTenantIsSentNowhereButStillWins) {
  const headers none;
  const context ambient = context().tenant("ambient");
  const context ids = context().tenant("default").agent("default");
  const call_context call(none, ids, &ambient);
  EXPECT_EQ(sent(call), "X-Agent-ID=default\n");
  EXPECT_EQ(call.tenant(), "");
  headers by_hand;
  by_hand.add("X-Tenant-ID", "default");
  const context no_ids;
  const call_context other(by_hand, no_ids, &ambient);
  EXPECT_EQ(sent(other), "");
  EXPECT_EQ(other.tenant(), "");
}

TEST(CallContext, IdsAreEncodedAndHeadersSetByHandAreNot) {
  headers by_hand;
  by_hand.add("X-Agent-ID", "caf%C3%A9 1%");
  const context ids = context().tenant("50% caf\xc3\xa9").request_id("r 1%");
  const call_context call(by_hand, ids, nullptr);
  EXPECT_EQ(sent(call), "X-Tenant-ID=50%25%20caf%C3%A9\nX-Agent-ID=caf%C3%A9 1%\nX-Request-ID=r 1%\n");
  EXPECT_EQ(call.tenant(), "50% caf\xc3\xa9");
  EXPECT_EQ(call.agent(), "caf\xc3\xa9 1%");
}

TEST(CallContext, AnExternalHostHearsOnlyWhatWasSetByHand) {
  headers by_hand;
  by_hand.add("X-Agent-ID", "by-hand");
  by_hand.add("traceparent", parent_1);
  by_hand.add("Accept", "*/*");
  const context ids = context().tenant("t").agent("a").baggage("k=v").tracestate("s=1").request_id("r");
  const call_context call(by_hand, ids, &ids);
  const std::string trace = std::string("traceparent=") + parent_1 + "\n";
  EXPECT_EQ(sent(call, audience::external), "X-Agent-ID=by-hand\n" + trace + "Accept=*/*\n");
  EXPECT_EQ(sent(call, audience::external_traced), "X-Agent-ID=by-hand\nAccept=*/*\n");
  EXPECT_EQ(call.tenant(), "t") << "tenants are kept apart whoever is called";
}

TEST(CallContext, TheTraceComesFromTheNearestParent) {
  headers by_hand;
  by_hand.add("TraceParent", parent_2);
  const context ids;
  const context ambient = context().traceparent(parent_1).tracestate("ambient=1");
  const call_context call(by_hand, ids, &ambient);
  ASSERT_TRUE(call.parent());
  EXPECT_EQ(call.parent()->trace_id[0], 0x22);
  EXPECT_EQ(sent(call), "") << "the state of another trace must not go with it, and the client writes traceparent";
}

TEST(CallContext, TheStateGoesWithItsParent) {
  const headers none;
  const context nothing;
  const context ambient = context().traceparent(parent_1).tracestate("ambient=1");
  EXPECT_EQ(sent(call_context(none, nothing, &ambient)), "tracestate=ambient=1\n");
  const context own_state = context().tracestate("own=1");
  EXPECT_EQ(sent(call_context(none, own_state, &ambient)), "tracestate=own=1\n");
  EXPECT_EQ(sent(call_context(none, own_state, nullptr)), "");
  const context bad_parent = context().traceparent("00-zz").tracestate("own=1");
  const call_context bad(none, bad_parent, &ambient);
  EXPECT_EQ(sent(bad), "");
  EXPECT_FALSE(bad.parent());
  const context bad_state = context().traceparent(parent_1).tracestate("Own=1");
  EXPECT_EQ(sent(call_context(none, bad_state, nullptr)), "");
}

TEST(CallContext, BaggageIsCutAtAMember) {
  std::string many;
  for (int i = 0; i < 65; ++i) many.append(i == 0 ? "k" : ",k").append(std::to_string(i)).append("=v");
  const headers none;
  const context ids = context().baggage(many);
  const std::string text = sent(call_context(none, ids, nullptr));
  EXPECT_NE(text.find(",k63=v\n"), std::string::npos);
  EXPECT_EQ(text.find("k64"), std::string::npos);
}

TEST(CallContext, TheEarlierDeadlineHolds) {
  const headers none;
  const time_point early{std::chrono::seconds(1)};
  const time_point late{std::chrono::seconds(2)};
  const context with_early = context().deadline(early);
  const context with_late = context().deadline(late);
  const context without;
  EXPECT_EQ(call_context(none, with_early, &with_late).deadline(), early);
  EXPECT_EQ(call_context(none, with_late, &with_early).deadline(), early);
  EXPECT_EQ(call_context(none, without, &with_late).deadline(), late);
  EXPECT_EQ(call_context(none, with_late, nullptr).deadline(), late);
}

TEST(CallContext, ChecksTheAmbientIds) {
  const headers none;
  const context ids;
  for (const std::string& bad : {std::string("a\r\nX-Admin: 1"), std::string("a\0b", 3), std::string(1025, 'a')}) {
    const context ambient = context().tenant(bad);
    const result<void> checked = call_context(none, ids, &ambient).check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, error_code::validation_error);
  }
  const context fine = context().tenant(std::string(1024, 'a'));
  EXPECT_TRUE(call_context(none, ids, &fine).check());
}

}  // namespace
}  // namespace enlace
