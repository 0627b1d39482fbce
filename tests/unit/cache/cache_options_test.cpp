#include <enlace/cache_options.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(CacheScope, HasAllIdsUnlessNarrowed) {
  constexpr cache_scope all;
  for (const cache_id id : {cache_id::tenant, cache_id::agent, cache_id::conversation, cache_id::collection}) {
    EXPECT_TRUE(all.has(id));
  }
  constexpr cache_scope two{cache_id::agent, cache_id::collection};
  EXPECT_TRUE(two.has(cache_id::agent));
  EXPECT_TRUE(two.has(cache_id::collection));
  EXPECT_FALSE(two.has(cache_id::conversation));
  EXPECT_NE(all, two);
}

TEST(CacheScope, AlwaysHasTheTenant) {
  EXPECT_TRUE(cache_scope({cache_id::collection}).has(cache_id::tenant));
  EXPECT_TRUE(cache_scope(std::initializer_list<cache_id>()).has(cache_id::tenant));
  EXPECT_EQ(cache_scope({cache_id::tenant}), cache_scope(std::initializer_list<cache_id>()));
}

TEST(CacheId, NamesGoBothWays) {
  for (const cache_id id : {cache_id::tenant, cache_id::agent, cache_id::conversation, cache_id::collection}) {
    EXPECT_EQ(cache_id_named(name_of(id)), id);
  }
  EXPECT_EQ(cache_id_named("Tenant"), std::nullopt);
  EXPECT_EQ(cache_id_named(""), std::nullopt);
  EXPECT_EQ(cache_id_named("user"), std::nullopt);
}

}  // namespace
}  // namespace enlace
