#include "server/health_document.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

std::vector<health_part> parts_of_a_service() {
  health_part store;
  store.name = "store";
  health_part model;
  model.name = "model";
  model.status = health_status::unavailable;
  model.why = "HTTP 503";
  model.latency = 12ms;
  model.more = object("required", false);
  return {store, model};
}

TEST(HealthDocument, HasItsFiveMembers) {
  const wall_time now = wall_time() + std::chrono::milliseconds(1764000000123);
  const json::object made = health_document("rag", "1.2", "degraded", object("db", object("status", "fail")), now);
  EXPECT_EQ(json::value(made),
            json::value(object("service", "rag", "version", "1.2", "status", "degraded", "timestamp", 1764000000.123,
                               "components", object("db", object("status", "fail")))));
}

TEST(HealthDocument, TellsOfEachPartWhatThereIs) {
  EXPECT_EQ(
      json::value(components_of(parts_of_a_service())),
      json::value(object("store", object("status", "available"), "model",
                         object("status", "unavailable", "latency_ms", 12.0, "why", "HTTP 503", "required", false))));
}

TEST(HealthDocument, HasAFormForOthers) {
  const json::object made = health_json_document("rag", "1.2", health_status::degraded, parts_of_a_service());
  EXPECT_EQ(json::value(made),
            json::value(object(
                "status", "warn", "version", "1.2", "serviceId", "rag", "checks",
                object("store", array(object("componentType", "component", "status", "pass")), "model:responseTime",
                       array(object("componentType", "component", "status", "fail", "observedValue", 12.0,
                                    "observedUnit", "ms", "output", "HTTP 503", "required", false))))));
  EXPECT_EQ(health_json_document("rag", "1", health_status::available, {}).at("status"), "pass");
  EXPECT_EQ(health_json_document("rag", "1", health_status::unavailable, {}).at("status"), "fail");
}

TEST(HealthDocument, IsOfTheFormThatIsAcceptedFirst) {
  for (const char* accept :
       {"application/health+json", "Application/Health+JSON ; q=0.5", "text/html, application/health+json",
        "application/health+json, */*;q=0.8", "application/health+json, application/json",
        "application/json;q=0.4,application/health+json;q=0.5", "application/health+json;v=1;q=x",
        "application/json;q=0, application/health+json;q=0.1"}) {
    EXPECT_TRUE(wants_health_json(accept)) << accept;
  }
  for (const char* accept : {"", "*/*", "application/*", "application/json", "application/health+json;q=0",
                             "application/json, application/health+json", "application/problem+json",
                             "application/health+json;q=0.5, application/json", "application/health+jsonx", ",;q=1,"}) {
    EXPECT_FALSE(wants_health_json(accept)) << accept;
  }
}

}  // namespace
}  // namespace enlace
