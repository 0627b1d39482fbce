#include "config/built_in_operations.hpp"

#include <chrono>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

struct expected {
  std::string_view name;
  duration timeout;
  bool idempotent;
  duration cache_ttl;
};

TEST(BuiltInOperations, AreThoseOfTheTable) {
  const expected table[] = {
      {"default", 60s, false, 300s},
      {"embedding", 60s, true, 86400s},
      {"embedding_generation", 60s, true, 86400s},
      {"rag_query", 120s, true, 3600s},
      {"rag_search", 20s, true, 1800s},
      {"llm_generation", 120s, true, 3600s},
      {"agent_response", 45s, false, 1800s},
      {"agent_config", 10s, true, 300s},
      {"batch_processing", 120s, false, 3600s},
      {"health_check", 5s, true, 60s},
      {"llm_stream", 300s, false, never_cached},
  };
  EXPECT_EQ(built_in_operations().size(), std::size(table));
  for (const expected& row : table) {
    const built_in_operation* found = find_built_in_operation(row.name);
    ASSERT_NE(found, nullptr) << row.name;
    EXPECT_EQ(found->values.timeout, row.timeout) << row.name;
    EXPECT_EQ(found->values.idempotent, row.idempotent) << row.name;
    EXPECT_EQ(found->values.cache_ttl, row.cache_ttl) << row.name;
    EXPECT_EQ(found->values.use_cache, false) << row.name;
    EXPECT_TRUE(found->values.vary.has_value()) << row.name;
  }
}

TEST(BuiltInOperations, EmbeddingsAreSharedByAllOfATenant) {
  for (const built_in_operation& operation : built_in_operations()) {
    const bool embedding = operation.name.starts_with("embedding");
    EXPECT_EQ(operation.values.cache_scope, embedding ? cache_scope{cache_id::tenant} : cache_scope())
        << operation.name;
  }
}

TEST(BuiltInOperations, NamesAreExact) {
  EXPECT_EQ(find_built_in_operation("Embedding"), nullptr);
  EXPECT_EQ(find_built_in_operation(""), nullptr);
  EXPECT_EQ(find_built_in_operation("embeddin"), nullptr);
}

}  // namespace
}  // namespace enlace
