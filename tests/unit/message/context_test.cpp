#include <optional>
#include <string>

#include <enlace/context.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using id = std::optional<std::string>;

TEST(Context, HasNothingSetAtFirst) {
  const context made;
  for (const id& each : {made.tenant(), made.agent(), made.conversation(), made.collection(), made.request_id(),
                         made.correlation_id(), made.traceparent(), made.tracestate(), made.baggage()}) {
    EXPECT_EQ(each, std::nullopt);
  }
  EXPECT_EQ(made.deadline(), std::nullopt);
}

TEST(Context, SettersChain) {
  const time_point when{std::chrono::seconds(9)};
  const context made = context()
                           .tenant("t")
                           .agent("a")
                           .conversation("c")
                           .collection("l")
                           .request_id("r")
                           .correlation_id("o")
                           .traceparent("p")
                           .tracestate("s")
                           .baggage("b")
                           .deadline(when);
  EXPECT_EQ(made.tenant(), id("t"));
  EXPECT_EQ(made.agent(), id("a"));
  EXPECT_EQ(made.conversation(), id("c"));
  EXPECT_EQ(made.collection(), id("l"));
  EXPECT_EQ(made.request_id(), id("r"));
  EXPECT_EQ(made.correlation_id(), id("o"));
  EXPECT_EQ(made.traceparent(), id("p"));
  EXPECT_EQ(made.tracestate(), id("s"));
  EXPECT_EQ(made.baggage(), id("b"));
  EXPECT_EQ(made.deadline(), when);
  context changed;
  context& same = changed.tenant("x").agent("y");
  EXPECT_EQ(&same, &changed);
  EXPECT_EQ(changed.agent(), id("y"));
}

TEST(Context, WhatIsSetWinsOverTheAmbient) {
  const context ambient = context().tenant("t1").agent("a1").conversation("c1").request_id("r1").baggage("b1");
  const context merged = context().tenant("t2").agent("").collection("l2").over(ambient);
  EXPECT_EQ(merged.tenant(), id("t2"));
  EXPECT_EQ(merged.agent(), id("")) << "set to nothing is set";
  EXPECT_EQ(merged.conversation(), id("c1"));
  EXPECT_EQ(merged.collection(), id("l2"));
  EXPECT_EQ(merged.request_id(), id("r1"));
  EXPECT_EQ(merged.correlation_id(), std::nullopt);
  EXPECT_EQ(merged.baggage(), id("b1"));
  EXPECT_EQ(ambient.tenant(), id("t1"));
}

TEST(Context, TakesTheEarlierDeadline) {
  const time_point early{std::chrono::seconds(1)};
  const time_point late{std::chrono::seconds(2)};
  EXPECT_EQ(context().deadline(late).over(context().deadline(early)).deadline(), early);
  EXPECT_EQ(context().deadline(early).over(context().deadline(late)).deadline(), early);
  EXPECT_EQ(context().deadline(late).over(context()).deadline(), late);
  EXPECT_EQ(context().over(context().deadline(late)).deadline(), late);
  EXPECT_EQ(context().over(context()).deadline(), std::nullopt);
}

TEST(Context, DoesNotPutOneTracesStateUnderAnother) {
  const context ambient = context().traceparent("p1").tracestate("s1");
  const context other = context().traceparent("p2").over(ambient);
  EXPECT_EQ(other.traceparent(), id("p2"));
  EXPECT_EQ(other.tracestate(), std::nullopt);
  const context same = context().tenant("t").over(ambient);
  EXPECT_EQ(same.traceparent(), id("p1"));
  EXPECT_EQ(same.tracestate(), id("s1"));
  const context own = context().tracestate("s2").over(ambient);
  EXPECT_EQ(own.traceparent(), id("p1"));
  EXPECT_EQ(own.tracestate(), id("s2"));
}

}  // namespace
}  // namespace enlace
