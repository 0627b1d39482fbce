#include "context/inbound_context.hpp"

#include <string>

#include <gtest/gtest.h>

#include "context/call_context.hpp"

namespace enlace {
namespace {

constexpr const char* parent = "00-11111111111111111111111111111111-1111111111111111-01";

TEST(InboundContext, ReadsEveryField) {
  headers fields;
  fields.add("x-tenant-id", "caf%C3%A9");
  fields.add("X-Agent-ID", " a%20b ");
  fields.add("X-Conversation-ID", "c");
  fields.add("X-Collection-ID", "l");
  fields.add("X-Request-ID", "r%20 1");
  fields.add("X-Correlation-ID", "x");
  fields.add("Traceparent", parent);
  fields.add("tracestate", "a=1");
  fields.add("tracestate", "b=2");
  fields.add("baggage", "k\t=\tv");
  fields.add("baggage", "l=w");
  const result<context> made = context_from_headers(fields);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->tenant(), "caf\xc3\xa9");
  EXPECT_EQ(made->agent(), "a b");
  EXPECT_EQ(made->conversation(), "c");
  EXPECT_EQ(made->collection(), "l");
  EXPECT_EQ(made->request_id(), "r%20 1");
  EXPECT_EQ(made->correlation_id(), "x");
  EXPECT_EQ(made->traceparent(), parent);
  EXPECT_EQ(made->tracestate(), "a=1, b=2");
  EXPECT_EQ(made->baggage(), "k = v, l=w");
  EXPECT_FALSE(made->deadline());
}

TEST(InboundContext, WhatIsMissingOrEmptyIsNotSet) {
  headers fields;
  fields.add("X-Tenant-ID", "");
  fields.add("X-Agent-ID", "  ");
  fields.add("baggage", " ");
  fields.add("traceparent", "");
  const result<context> made = context_from_headers(fields);
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->tenant());
  EXPECT_FALSE(made->agent());
  EXPECT_FALSE(made->conversation());
  EXPECT_FALSE(made->baggage());
  EXPECT_FALSE(made->traceparent());
}

TEST(InboundContext, RefusesBadIds) {
  for (const std::string& bad : {std::string("a%0d%0aX-Admin:%201"), std::string("a%00b"), std::string("a\tb"),
                                 std::string("%7F"), std::string(1025, 'a')}) {
    headers fields;
    fields.add("X-Tenant-ID", bad);
    const result<context> made = context_from_headers(fields);
    ASSERT_FALSE(made) << bad;
    EXPECT_EQ(made.error().code, error_code::validation_error);
  }
}

TEST(InboundContext, RefusesAnIdThatComesTwiceDifferently) {
  headers fields;
  fields.add("X-Tenant-ID", "acme");
  fields.add("x-tenant-id", "acme ");
  EXPECT_TRUE(context_from_headers(fields));
  fields.add("X-TENANT-ID", "zeta");
  ASSERT_FALSE(context_from_headers(fields));
  EXPECT_EQ(context_from_headers(fields).error().code, error_code::validation_error);
}

TEST(InboundContext, DropsBadTraceFields) {
  headers twice;
  twice.add("traceparent", parent);
  twice.add("traceparent", parent);
  twice.add("tracestate", "a=1");
  EXPECT_FALSE(context_from_headers(twice)->traceparent());
  EXPECT_FALSE(context_from_headers(twice)->tracestate());
  headers bad_state;
  bad_state.add("traceparent", parent);
  bad_state.add("tracestate", "A=1");
  EXPECT_EQ(context_from_headers(bad_state)->traceparent(), parent);
  EXPECT_FALSE(context_from_headers(bad_state)->tracestate());
  headers control;
  control.add("traceparent", std::string(parent) + "\r\nX: y");
  EXPECT_FALSE(context_from_headers(control)->traceparent());
}

TEST(InboundContext, CutsBaggage) {
  headers fields;
  for (int i = 0; i < 70; ++i) fields.add("baggage", std::to_string(i) + "=v");
  const result<context> made = context_from_headers(fields);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->baggage()->ends_with("63=v"));
}

TEST(InboundContext, GoesOutAsItCameIn) {
  headers fields;
  fields.add("X-Tenant-ID", "caf%C3%A9%25");
  fields.add("X-Request-ID", "a%2fb %");
  fields.add("baggage", "k=v");
  const result<context> made = context_from_headers(fields);
  ASSERT_TRUE(made);
  const headers none;
  const context nothing;
  headers out;
  call_context(none, nothing, &*made).append_fields(out, audience::internal);
  ASSERT_EQ(out.size(), fields.size());
  for (const headers::field field : fields) EXPECT_EQ(out.get(field.name), field.value);
}

}  // namespace
}  // namespace enlace
