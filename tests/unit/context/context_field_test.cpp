#include "context/context_field.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(ContextField, EveryFieldHasItsNameAndItsPlace) {
  context made;
  for (const context_field which : all_context_fields) {
    EXPECT_EQ(context_field_named(header_of(which)), which);
    EXPECT_FALSE(get(made, which));
    set(made, which, std::string(header_of(which)));
  }
  for (const context_field which : all_context_fields) EXPECT_EQ(get(made, which), header_of(which));
  EXPECT_EQ(made.tenant(), "X-Tenant-ID");
  EXPECT_EQ(made.correlation_id(), "X-Correlation-ID");
  EXPECT_EQ(made.baggage(), "baggage");
}

TEST(ContextField, NamesAreFoundWhateverTheirCase) {
  EXPECT_EQ(context_field_named("x-TENANT-id"), context_field::tenant);
  EXPECT_EQ(context_field_named("TraceState"), context_field::tracestate);
  EXPECT_FALSE(context_field_named("X-Tenant"));
  EXPECT_FALSE(context_field_named(""));
}

TEST(ContextField, FourOfThemAreIds) {
  EXPECT_TRUE(is_id(context_field::tenant));
  EXPECT_TRUE(is_id(context_field::collection));
  EXPECT_FALSE(is_id(context_field::request_id));
  EXPECT_FALSE(is_id(context_field::baggage));
}

}  // namespace
}  // namespace enlace
