#include "config/table_path.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(TablePath, WritesEachKindOfTable) {
  EXPECT_EQ((table_path{table_kind::client, {}, {}}.text()), "client");
  EXPECT_EQ(operation_table("rag_query").text(), "operations.rag_query");
  EXPECT_EQ(service_table("embedding").text(), "services.embedding");
  EXPECT_EQ(service_operation_table("embedding", "rag_query").header(), "[services.embedding.operations.rag_query]");
  EXPECT_EQ(service_table("embedding").of("breaker.min_calls"), "services.embedding.breaker.min_calls");
}

TEST(TablePath, QuotesNamesThatNeedIt) {
  EXPECT_EQ(service_table("a-b_9").text(), "services.a-b_9");
  EXPECT_EQ(service_table("a.b:80").text(), "services.\"a.b:80\"");
  EXPECT_EQ(service_table("").text(), "services.\"\"");
  EXPECT_EQ(service_table("a\"b\\c").text(), "services.\"a\\\"b\\\\c\"");
}

TEST(TablePath, TellsNamesWithPointsApart) {
  EXPECT_NE(service_table("a.operations.b").text(), service_operation_table("a", "b").text());
}

}  // namespace
}  // namespace enlace
