#include <chrono>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "unit/message/answer.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;

std::string written(const reply& from) { return json::serialize(json::value(from.to_json())); }

reply sample_failure() {
  error failed(error_code::timeout_error, "too slow", object("phase", "body"));
  failed.retry_after = seconds_d(7);
  failed.timestamp = wall_time(1764000000123ms);
  return reply(std::move(failed));
}

TEST(Reply, IsASuccessWithNullDataByDefault) {
  const reply made;
  EXPECT_TRUE(made.success());
  EXPECT_TRUE(made);
  EXPECT_TRUE(made.data().is_null());
  EXPECT_EQ(made.message(), "Operation completed");
  EXPECT_THROW(static_cast<void>(made.error()), std::logic_error);
  reply changeable;
  EXPECT_THROW(static_cast<void>(changeable.error()), std::logic_error);
}

TEST(Reply, CarriesDataAndMessage) {
  reply made = reply::success_with(object("a", 1), "Found");
  EXPECT_EQ(made.data(), json::value(object("a", 1)));
  EXPECT_EQ(made.message(), "Found");
  made.message("Seen");
  EXPECT_EQ(made.message(), "Seen");
  EXPECT_EQ(reply::success_with(1).message(), "Operation completed");
}

TEST(Reply, CarriesAnErrorWhoseMessageIsItsOwn) {
  reply made = sample_failure();
  EXPECT_FALSE(made);
  EXPECT_EQ(made.message(), "too slow");
  made.error().message = "much too slow";
  EXPECT_EQ(made.message(), "much too slow");
  made.message("No answer");
  EXPECT_EQ(made.message(), "No answer");
  EXPECT_EQ(made.error().message, "much too slow");
}

TEST(Reply, CopiesAreDeepAndMovesTakeEverything) {
  reply first = reply::success_with(object("a", 1));
  first.extras()["x"] = 1;
  first.trail().push_back({});
  reply second = first;
  second.data() = 5;
  second.extras().clear();
  EXPECT_EQ(first.data(), json::value(object("a", 1)));
  EXPECT_EQ(first.extras(), object("x", 1));
  EXPECT_EQ(second.trail().size(), 1U);

  const json::value* where = &first.data();
  const reply moved = std::move(first);
  EXPECT_EQ(&moved.data(), where);
  first = moved;
  EXPECT_EQ(first.data(), moved.data());
  const reply& itself = first;
  first = itself;
  EXPECT_EQ(first.extras(), object("x", 1));
  static_assert(sizeof(reply) == sizeof(void*));
  static_assert(std::is_nothrow_move_constructible_v<reply> && std::is_nothrow_move_assignable_v<reply>);
}

TEST(Reply, AMovedFromReplyMayBeCopiedAndAssigned) {
  reply first;
  const reply taken = std::move(first);
  const reply copy = first;  // NOLINT(bugprone-use-after-move)
  first = taken;
  EXPECT_TRUE(first);
}

TEST(Reply, WritesASuccess) {
  reply made = reply::success_with(object("a", 1), "Done");
  made.metadata()["page"] = 2;
  made.extras()["took"] = 3;
  made.call().service = "embedding";
  made.call().operation = "rag_query";
  made.call().status = 200;
  made.call().attempts = 2;
  made.call().elapsed = 12345678ns;
  made.call().trace_id = "abc";
  EXPECT_EQ(written(made),
            R"({"success":true,"message":"Done","data":{"a":1},"metadata":{"page":2,"call":{"service":"embedding",)"
            R"("operation":"rag_query","status":200,"attempts":2,"elapsed_ms":1.2346E1,"cached":false,"age_s":0E0,)"
            R"("trace_id":"abc","breaker":"closed"}},"took":3})");
}

TEST(Reply, WritesAFailure) {
  const json::object out = sample_failure().to_json();
  EXPECT_EQ(out.at("success"), false);
  EXPECT_EQ(out.at("message"), "too slow");
  EXPECT_TRUE(out.at("data").is_null());
  EXPECT_TRUE(out.at("metadata").at("call").at("status").is_null());
  const json::object& failed = out.at("error").as_object();
  EXPECT_EQ(failed.at("code"), "TIMEOUT_ERROR");
  EXPECT_EQ(failed.at("error_code"), "TIMEOUT_ERROR");
  EXPECT_EQ(failed.at("number"), 4003);
  EXPECT_EQ(failed.at("status"), 504);
  EXPECT_EQ(failed.at("retry_after"), 7.0);
  EXPECT_EQ(failed.at("details"), json::value(object("phase", "body")));
  EXPECT_NEAR(failed.at("timestamp").as_double(), 1764000000.123, 1e-6);
  std::string keys;
  for (const json::key_value_pair& member : out) keys += std::string(member.key()) + " ";
  EXPECT_EQ(keys, "success message data metadata error ");
}

TEST(Reply, WritesWhereAValueCameFrom) {
  const auto call_of = [](cache_use use, breaker_state state) {
    reply made;
    made.call().cached = use;
    made.call().age = seconds_d(1.5);
    made.call().breaker = state;
    return made.to_json().at("metadata").at("call").as_object();
  };
  EXPECT_EQ(call_of(cache_use::fresh, breaker_state::open).at("cached"), "fresh");
  EXPECT_EQ(call_of(cache_use::stale, breaker_state::half_open).at("cached"), "stale");
  EXPECT_EQ(call_of(cache_use::shared, breaker_state::forced_open).at("cached"), "shared");
  EXPECT_EQ(call_of(cache_use::none, breaker_state::open).at("breaker"), "open");
  EXPECT_EQ(call_of(cache_use::none, breaker_state::half_open).at("breaker"), "half_open");
  EXPECT_EQ(call_of(cache_use::none, breaker_state::forced_open).at("breaker"), "forced_open");
  EXPECT_EQ(call_of(cache_use::none, breaker_state::forced_closed).at("breaker"), "forced_closed");
  EXPECT_EQ(call_of(cache_use::none, breaker_state::observe).at("breaker"), "observe");
  EXPECT_EQ(call_of(cache_use::none, breaker_state::observe).at("age_s"), 1.5);
  EXPECT_FALSE(call_of(cache_use::none, breaker_state::closed).contains("upstream"));
}

TEST(Reply, ExtrasAndMetadataDontTakeTheStandardNames) {
  reply made = reply::success_with(1);
  for (const char* name : {"success", "message", "data", "metadata"}) made.extras()[name] = "forged";
  made.metadata()["call"] = "forged";
  EXPECT_EQ(written(made).find("forged"), std::string::npos);
}

TEST(Reply, AFailureHasNoData) {
  reply made = sample_failure();
  made.data() = 5;
  EXPECT_TRUE(made.to_json().at("data").is_null());
}

TEST(Reply, AlwaysWritesValidJson) {
  const std::string bytes = "\xFF\xC3(\xED\xA0\x80";
  error failed(error_code::validation_error, bytes,
               object(bytes, bytes, "nan", std::numeric_limits<double>::quiet_NaN()));
  failed.upstream_code = bytes;
  failed.retry_after = seconds_d(std::numeric_limits<double>::infinity());
  reply made(std::move(failed));
  made.message(bytes);
  made.metadata()[bytes] = array(bytes, -std::numeric_limits<double>::infinity());
  made.extras()[bytes] = object("deep", object(bytes, 1));
  made.call().service = bytes;
  made.call().age = seconds_d(std::numeric_limits<double>::quiet_NaN());
  boost::system::error_code invalid;
  json::parse(written(made), invalid);
  EXPECT_FALSE(invalid) << written(made);

  const reply huge = reply::success_with(object("a", std::numeric_limits<double>::infinity()));
  EXPECT_EQ(json_of(written(huge)).at("data"), json::value(object("a", nullptr)));
}

// Chains: what a service answers, when it serves the reply of its own call as it is.

reply leaf(std::string body, int status = 200) {
  reply got = json_reply(std::move(body), status);
  got.call().service = "c";
  return got;
}

TEST(ReplyChain, LeavesAChainOfRecords) {
  reply at_b = leaf(R"({"success":true,"message":"Done","data":{"v":1},"metadata":{"n":1},"extra":2})");
  reply at_a = served_on(at_b);
  at_a.call().service = "b";
  const reply at_top = served_on(at_a);

  EXPECT_EQ(at_top.message(), "Done");
  EXPECT_EQ(at_top.data(), json_of(R"({"v":1})"));
  EXPECT_EQ(at_top.metadata(), object("n", 1));
  EXPECT_EQ(at_top.extras(), object("extra", 2));
  EXPECT_EQ(at_top.call().upstream.at("service"), "b");
  EXPECT_EQ(at_top.call().upstream.at("upstream").at("service"), "c");
  EXPECT_FALSE(at_top.call().upstream.at("upstream").as_object().contains("upstream"));
}

TEST(ReplyChain, ASuccessComesThroughUnchanged) {
  for (const char* body : {"null", "5", "[]", R"({"a":{"success":true,"data":1}})", R"({"data":[1],"model":"x"})",
                           R"({"success":true,"message":"m","data":null,"x":1})", R"({"success":"yes","data":1})",
                           R"({"success":true,"data":1,"error":"careful"})"}) {
    const reply first = leaf(body);
    const reply second = served_on(first);
    EXPECT_EQ(second.data(), first.data()) << body;
    EXPECT_EQ(second.message(), first.message()) << body;
    EXPECT_EQ(second.extras(), first.extras()) << body;
    EXPECT_EQ(second.metadata(), first.metadata()) << body;
  }
}

TEST(ReplyChain, AFailureComesThroughUnchanged) {
  error failed(error_code::service_unavailable, "resting", object("circuit_breaker", "open", "service", "c"));
  failed.retry_after = seconds_d(7.5);
  failed.timestamp = wall_time(1764000000s);
  const reply second = served_on(reply(failed));
  EXPECT_EQ(second.message(), "resting");
  EXPECT_EQ(second.error().code, error_code::service_unavailable);
  EXPECT_EQ(second.error().code_name(), "SERVICE_UNAVAILABLE");
  EXPECT_TRUE(second.error().retryable);
  EXPECT_EQ(second.error().retry_after, failed.retry_after);
  EXPECT_EQ(second.error().timestamp, failed.timestamp);
  EXPECT_EQ(second.error().details,
            object("upstream_code", "SERVICE_UNAVAILABLE", "circuit_breaker", "open", "service", "c"));
  EXPECT_EQ(served_on(second).error().details, second.error().details);
}

TEST(ReplyChain, AnUnknownCodeComesThroughEveryHop) {
  reply hop = leaf(R"({"success":false,"message":"m","error":{"code":"QUOTA","message":"inner","retryable":true}})");
  for (int i = 0; i < 3; ++i) {
    hop = served_on(hop);
    EXPECT_EQ(hop.error().upstream_code, "QUOTA");
    EXPECT_EQ(hop.error().details, object("upstream_code", "QUOTA"));
    EXPECT_EQ(hop.message(), "m");
    EXPECT_EQ(hop.error().message, "inner");
    EXPECT_TRUE(hop.error().retryable);
  }
}

TEST(ReplyChain, DetailsOfEveryHopAreKept) {
  const reply at_b = leaf(R"({"error":{"code":"NO_MODEL","message":"no such model"}})", 404);
  const reply at_a = served_on(at_b, 502);
  const json::object& details = at_a.error().details;
  EXPECT_EQ(at_a.message(), "no such model");
  EXPECT_EQ(details.at("status"), 502);
  EXPECT_EQ(details.at("upstream_code"), "NOT_FOUND");
  EXPECT_EQ(details.at("upstream").at("status"), 404);
  EXPECT_EQ(details.at("upstream").at("upstream_code"), "NO_MODEL");
  EXPECT_EQ(details.at("upstream").at("body"), R"({"error":{"code":"NO_MODEL","message":"no such model"}})");

  const reply at_top = served_on(at_a, 503);
  EXPECT_EQ(at_top.error().details.at("status"), 503);
  EXPECT_EQ(at_top.error().details.at("upstream").at("status"), 502);
  EXPECT_EQ(at_top.error().details.at("upstream").at("upstream").at("status"), 404);
}

TEST(ReplyChain, ALocalErrorResponseCanBeServed) {
  const wall_time now(1764000000s);
  const reply made = create_error_response("No se pudo procesar", object("details", "x"), now);
  EXPECT_EQ(made.error().code, error_code::communication_error);
  EXPECT_EQ(made.message(), "No se pudo procesar");
  EXPECT_EQ(made.error().message, "No se pudo procesar");
  EXPECT_EQ(made.error().timestamp, now);
  EXPECT_EQ(served_on(made).error().details, object("upstream_code", "COMMUNICATION_ERROR", "details", "x"));
}

TEST(CreateErrorResponse, TakesCodeAndDetailsOfAnError) {
  error why(error_code::not_found, "no row", object("table", "t"));
  const reply made = create_error_response("Not there", why, wall_time(5s));
  EXPECT_EQ(made.message(), "Not there");
  EXPECT_EQ(made.error().code, error_code::not_found);
  EXPECT_EQ(made.error().message, "no row");
  EXPECT_EQ(made.error().details, object("table", "t"));
  EXPECT_EQ(made.error().timestamp, wall_time(5s));
  why.timestamp = wall_time(2s);
  EXPECT_EQ(create_error_response("Not there", why, wall_time(5s)).error().timestamp, wall_time(2s));
}

}  // namespace
}  // namespace enlace
