#include "server/health_document.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(HealthDocument, HasItsFiveMembers) {
  const wall_time now = wall_time() + std::chrono::milliseconds(1764000000123);
  const json::object made = health_document("rag", "1.2", "degraded", object("db", object("status", "fail")), now);
  EXPECT_EQ(json::value(made),
            json::value(object("service", "rag", "version", "1.2", "status", "degraded", "timestamp", 1764000000.123,
                               "components", object("db", object("status", "fail")))));
}

}  // namespace
}  // namespace enlace
