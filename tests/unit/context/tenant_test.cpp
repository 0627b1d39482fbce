#include "context/tenant.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

bool allowed(const json::value& data, std::string_view tenant) { return check_tenant(data, tenant).has_value(); }

TEST(CheckTenant, AllowsDataOfTheSameTenantOrOfNone) {
  EXPECT_TRUE(allowed(object("tenant_id", "acme", "text", "x"), "acme"));
  EXPECT_TRUE(allowed(object("text", "x"), "acme"));
  EXPECT_TRUE(allowed(object("tenant_id", nullptr), "acme"));
  EXPECT_TRUE(allowed(object("tenant_id", ""), "acme"));
  EXPECT_TRUE(allowed(object("tenant_id", 42), "42"));
  EXPECT_TRUE(allowed(object(), "acme"));
  EXPECT_TRUE(allowed(json::value("tenant_id"), "acme"));
  EXPECT_TRUE(allowed(array(object("tenant_id", "zeta")), "acme"));
}

TEST(CheckTenant, LooksAtTheTopLevelAndAtThatNameOnly) {
  EXPECT_TRUE(allowed(object("tenant", "zeta", "Tenant_ID", "zeta"), "acme"));
  EXPECT_TRUE(allowed(object("inner", object("tenant_id", "zeta")), "acme"));
}

TEST(CheckTenant, ACallWithoutTenantSendsWhatItHas) { EXPECT_TRUE(allowed(object("tenant_id", "zeta"), "")); }

TEST(CheckTenant, RefusesAnotherTenant) {
  EXPECT_FALSE(allowed(object("tenant_id", "zeta"), "acme"));
  EXPECT_FALSE(allowed(object("tenant_id", "Acme"), "acme"));
  EXPECT_FALSE(allowed(object("tenant_id", "acme "), "acme"));
  EXPECT_FALSE(allowed(object("tenant_id", "default"), "acme"));
  EXPECT_FALSE(allowed(object("tenant_id", 43), "42"));
  EXPECT_FALSE(allowed(object("tenant_id", true), "true"));
  EXPECT_FALSE(allowed(object("tenant_id", array("acme")), "acme"));
  EXPECT_FALSE(allowed(object("tenant_id", object("id", "acme")), "acme"));
}

TEST(CheckTenant, SaysWhatIsWrongButNotWhoseDataItIs) {
  const result<void> refused = check_tenant(object("tenant_id", "secret-zeta"), "acme");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, error_code::tenant_isolation_breach);
  EXPECT_EQ(refused.error().details.at("tenant"), "acme");
  EXPECT_EQ(json::serialize(refused.error().to_json()).find("secret-zeta"), std::string::npos);
}

TEST(AddTenant, AddsItToObjectsThatHaveNone) {
  json::value data = object("text", "x");
  add_tenant(data, "acme");
  EXPECT_EQ(data, json::value(object("text", "x", "tenant_id", "acme")));
}

TEST(AddTenant, LeavesEverythingElseAlone) {
  for (const json::value& kept : {json::value(object("tenant_id", "acme")), json::value(object("tenant_id", nullptr)),
                                  json::value(array(1, 2)), json::value("text"), json::value(nullptr)}) {
    json::value data = kept;
    add_tenant(data, "acme");
    EXPECT_EQ(data, kept);
  }
  json::value data = object("text", "x");
  add_tenant(data, "");
  EXPECT_EQ(data, json::value(object("text", "x")));
}

}  // namespace
}  // namespace enlace
