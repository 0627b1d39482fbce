#include <enlace/server_request.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

server_request asking(std::string target, headers fields = {}) {
  return {"GET", std::move(target), std::move(fields), "body"};
}

TEST(ServerRequest, SplitsTheTarget) {
  EXPECT_EQ(asking("/a%20b?c=d?e").path(), "/a%20b");
  EXPECT_EQ(asking("/a%20b?c=d?e").query(), "c=d?e");
  EXPECT_EQ(asking("/a").query(), "");
  EXPECT_EQ(asking("/a?").query(), "");
  EXPECT_EQ(asking("*").path(), "*");
}

TEST(ServerRequest, DecodesParameters) {
  EXPECT_EQ(asking("/?a=1&b=x+y%26z&a=2&flag&=v&&%61=3&c=d=e").parameters(),
            (pairs{{"a", "1"}, {"b", "x y&z"}, {"a", "2"}, {"flag", ""}, {"", "v"}, {"a", "3"}, {"c", "d=e"}}));
  EXPECT_EQ(asking("/").parameters(), pairs());
  EXPECT_EQ(asking("/?").parameters(), pairs());
  EXPECT_EQ(asking("/?a=%").parameters(), (pairs{{"a", "%"}}));
}

TEST(ServerRequest, FindsTheFirstParameterOfAName) {
  EXPECT_EQ(asking("/?b=0&a=1&a=2").parameter("a"), "1");
  EXPECT_EQ(asking("/?b=0").parameter("a"), std::nullopt);
}

TEST(InboundContext, TakesIdsAndTheGrantedTime) {
  headers fields;
  fields.add("x-tenant-id", "acme");
  fields.add("X-Agent-ID", "a-7");
  fields.add("X-Enlace-Timeout-Ms", "1500");
  const time_point now = time_point() + std::chrono::hours(5);
  const result<context> found = inbound_context(asking("/", fields), now);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->tenant(), "acme");
  EXPECT_EQ(found->agent(), "a-7");
  EXPECT_EQ(found->deadline(), now + std::chrono::milliseconds(1500));
}

TEST(InboundContext, IsEmptyWhereNothingIsSaid) {
  const result<context> found = inbound_context(asking("/"), time_point());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->tenant());
  EXPECT_FALSE(found->deadline());
}

TEST(InboundContext, RefusesIdsThatMayNotBe) {
  headers fields;
  fields.add("X-Tenant-ID", "a%0Ab");
  const result<context> found = inbound_context(asking("/", fields), time_point());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, error_code::validation_error);
}

}  // namespace
}  // namespace enlace
