#include <gtest/gtest.h>

#include "pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

health_report health_of(pipeline& p, std::string url = "http://service") {
  health_report said;
  boost::asio::co_spawn(p.loop, p.caller->health(std::move(url), "it"),
                        [&said](std::exception_ptr raised, health_report r) {
                          if (raised) std::rethrow_exception(raised);
                          said = std::move(r);
                        });
  p.run();
  return said;
}

bool well(pipeline& p, std::string url = "http://service") {
  bool said = false;
  boost::asio::co_spawn(p.loop, p.caller->check_service_health(std::move(url), "it"),
                        [&said](std::exception_ptr raised, bool answer) {
                          if (raised) std::rethrow_exception(raised);
                          said = answer;
                        });
  p.run();
  return said;
}

TEST(Health, ASuccessIsWellUnlessItsBodySaysOtherwise) {
  pipeline p;
  for (const char* word : {"unavailable", "unhealthy", "fail", "down", "error", "DOWN", "Fail"}) {
    for (const int status : {200, 207}) {
      p.otherwise = scripted_answer(status, std::string(R"({"status":")") + word + "\"}");
      EXPECT_FALSE(well(p)) << word;
      EXPECT_EQ(health_of(p).status, health_status::unavailable) << word;
    }
  }
  for (const char* body : {R"({"status":"available"})", R"({"status":"pass"})", R"({"status":"UP"})", R"({"status":7})",
                           R"({"status":"downhill"})", R"({})", R"([])", R"("fine")", ""}) {
    p.otherwise = scripted_answer(200, body);
    EXPECT_TRUE(well(p)) << body;
    EXPECT_EQ(health_of(p).status, health_status::available) << body;
  }
  for (const char* word : {"degraded", "warn"}) {
    p.otherwise = scripted_answer(200, std::string(R"({"status":")") + word + "\"}");
    EXPECT_TRUE(well(p)) << word;
    EXPECT_EQ(health_of(p).status, health_status::degraded) << word;
  }
}

TEST(Health, WhatIsNoSuccessIsNotWell) {
  pipeline p;
  for (const int status : {404, 429, 500, 503}) {
    p.otherwise = scripted_answer(status, R"({"status":"available"})");
    EXPECT_FALSE(well(p)) << status;
  }
  p.otherwise = scripted_answer::broken(wire_failure::refused, false);
  EXPECT_FALSE(well(p));
  EXPECT_FALSE(health_of(p).why.empty());
  EXPECT_FALSE(well(p, "no address"));
  EXPECT_EQ(health_of(p, "no address").service, "it");
}

TEST(Health, ATextThatIsTheWordCounts) {
  pipeline p;
  for (const char* body : {"DOWN", "down\n", "  unhealthy"}) {
    p.otherwise = scripted_answer(200, body);
    p.otherwise.fields.set("Content-Type", "text/plain");
    EXPECT_FALSE(well(p)) << body;
  }
  for (const char* body : {"OK", "nothing is down", "", "\n"}) {
    p.otherwise = scripted_answer(200, body);
    p.otherwise.fields.set("Content-Type", "text/plain");
    EXPECT_TRUE(well(p)) << body;
  }
  p.otherwise = scripted_answer(200, R"("down")");
  EXPECT_FALSE(well(p));
}

TEST(Health, AnUnwellServiceTellsOfItsParts) {
  pipeline p;
  p.otherwise =
      scripted_answer(503, R"({"service":"rag","status":"unavailable","components":{"db":{"status":"fail"}}})");
  const health_report said = health_of(p);
  EXPECT_EQ(said.status, health_status::unavailable);
  EXPECT_TRUE(said.components.contains("db"));
}

TEST(Health, OnlyTwoHundredsAreWell) {
  pipeline p;
  p.otherwise = scripted_answer(304, "");
  EXPECT_FALSE(well(p));
  p.otherwise = scripted_answer(204, "");
  EXPECT_TRUE(well(p));
}

TEST(Health, LooksIntoAnEnvelope) {
  pipeline p;
  p.otherwise = scripted_answer(200, R"({"success":true,"data":{"status":"down"}})");
  EXPECT_FALSE(well(p));
  p.otherwise = scripted_answer(200, R"({"success":false,"message":"no"})");
  EXPECT_FALSE(well(p));
}

TEST(Health, ReadsHealthJson) {
  pipeline p;
  p.otherwise =
      scripted_answer(
          200,
          R"({"status":"warn","version":"1","checks":{"db:responseTime":[{"status":"warn","observedValue":900}]}})")
          .after(30ms);
  p.otherwise.fields.set("Content-Type", "application/health+json");
  const health_report said = health_of(p);
  EXPECT_EQ(said.status, health_status::degraded);
  EXPECT_EQ(said.latency, 30ms);
  EXPECT_TRUE(said.components.contains("db:responseTime"));
  EXPECT_EQ(p.sent().at(0).fields.get("Accept"), "application/json, application/health+json");
  p.otherwise.body = R"({"status":"fail"})";
  EXPECT_FALSE(well(p));
}

TEST(Health, HasItsTimeAndNoMore) {
  pipeline p;
  p.otherwise.after(1h);
  const time_point asked = p.time->now();
  EXPECT_FALSE(well(p));
  EXPECT_EQ(p.time->now() - asked, 5s);
  EXPECT_EQ(p.sent().size(), 1U);
}

TEST(Health, KeepsTheQueryBehindThePath) {
  pipeline p;
  for (const char* url : {"http://service/base/?status=fail#part", "http://service/base?status=fail"}) {
    well(p, url);
    EXPECT_EQ(p.sent().back().target, "/base/health?status=fail");
  }
}

}  // namespace
}  // namespace enlace::test
