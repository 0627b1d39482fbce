#include <string>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "unit/message/answer.hpp"

namespace enlace {
namespace {

// Envelopes that say `success: false` at a status that says success.

TEST(EnvelopeFailure, HasTheUpstreamsCode) {
  const reply got = json_reply(
      R"({"success":false,"message":"No quota","data":null,"error":{"code":"QUOTA_USED_UP","details":{"left":0}}})");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.message(), "No quota");
  EXPECT_TRUE(got.data().is_null());
  EXPECT_EQ(got.error().code, error_code::external_api_error);
  EXPECT_EQ(got.error().code_name(), "QUOTA_USED_UP");
  EXPECT_EQ(got.error().upstream_code, "QUOTA_USED_UP");
  EXPECT_EQ(got.error().number, 4001);
  EXPECT_EQ(got.error().status, 502);
  EXPECT_EQ(got.error().message, "No quota");
  EXPECT_EQ(got.error().details, object("upstream_code", "QUOTA_USED_UP", "left", 0));
  EXPECT_EQ(got.call().status, 200);
}

TEST(EnvelopeFailure, ACodeOfOursBringsItsRow) {
  const reply got =
      json_reply(R"({"success":false,"error":{"error_code":"RATE_LIMITED","code":"X","message":"slow down"}})");
  EXPECT_EQ(got.error().code, error_code::rate_limited);
  EXPECT_EQ(got.error().number, 3001);
  EXPECT_EQ(got.error().status, 429);
  EXPECT_TRUE(got.error().retryable);
  EXPECT_EQ(got.error().upstream_code, "");
  EXPECT_EQ(got.error().code_name(), "RATE_LIMITED");
  EXPECT_EQ(got.error().details, json_of(R"({"upstream_code":"RATE_LIMITED","code":"X"})").as_object());
  EXPECT_EQ(got.message(), "slow down");
}

TEST(EnvelopeFailure, ErrorIsAlwaysMadeAnObject) {
  const reply text = json_reply(R"({"success":false,"error":"disk full"})");
  EXPECT_EQ(text.message(), "disk full");
  EXPECT_EQ(text.error().message, "disk full");
  EXPECT_EQ(text.error().code_name(), "EXTERNAL_API_ERROR");
  EXPECT_TRUE(text.error().details.empty());

  const reply both = json_reply(R"({"success":false,"message":"Upload failed","error":"disk full"})");
  EXPECT_EQ(both.message(), "Upload failed");
  EXPECT_EQ(both.error().message, "disk full");

  const reply list = json_reply(R"({"success":false,"message":"m","error":["a","b"]})");
  EXPECT_EQ(list.error().details, object("error", array("a", "b")));

  const reply nothing = json_reply(R"({"success":false,"error":null})");
  EXPECT_EQ(nothing.message(), "The upstream reported a failure");
  EXPECT_TRUE(nothing.error().details.empty());
  EXPECT_FALSE(nothing.error().retryable);
}

TEST(EnvelopeFailure, MessageComesFromTheEnvelopeElseFromTheError) {
  EXPECT_EQ(json_reply(R"({"success":false,"message":null,"error":{"message":"inner"}})").message(), "inner");
  EXPECT_EQ(json_reply(R"({"success":false,"message":"","error":{"message":"inner"}})").message(), "inner");
  const reply numeric = json_reply(R"({"success":false,"message":12,"error":{"message":{"en":"x"}}})");
  EXPECT_EQ(numeric.message(), "12");
  EXPECT_EQ(numeric.error().message, R"({"en":"x"})");
}

TEST(EnvelopeFailure, NumericCodesAreText) {
  const reply got = json_reply(R"({"success":false,"error":{"code":-32601,"message":"no such method"}})");
  EXPECT_EQ(got.error().upstream_code, "-32601");
  EXPECT_EQ(got.error().details.at("upstream_code"), "-32601");
  EXPECT_EQ(json_reply(R"({"success":false,"error":{"code":18446744073709551615}})").error().upstream_code,
            "18446744073709551615");
  for (const char* code : {"1.5", "true", "null", "[]", "{}", "\"\""}) {
    const reply odd = json_reply(R"({"success":false,"message":"m","error":{"code":)" + std::string(code) + "}}");
    EXPECT_EQ(odd.error().code_name(), "EXTERNAL_API_ERROR") << code;
    EXPECT_FALSE(odd.error().details.contains("upstream_code")) << code;
  }
}

TEST(EnvelopeFailure, LosesNothingOfTheErrorObject) {
  const reply got = json_reply(R"({"success":false,"message":"m","data":{"partial":1},"trace":"t1","metadata":{"n":1},
      "error":{"code":"E1","number":77,"status":409,"type":"conflict","param":"name","details":["x"],"retryable":true,
               "retry_after":2.5,"timestamp":1764000000.5,"hint":null}})");
  const error& failed = got.error();
  EXPECT_EQ(failed.details, json_of(R"({"upstream_code":"E1","number":77,"status":409,"type":"conflict","param":"name",
      "details":["x"],"data":{"partial":1}})")
                                .as_object());
  EXPECT_TRUE(failed.retryable);
  EXPECT_EQ(failed.retry_after, seconds_d(2.5));
  EXPECT_EQ(failed.timestamp.time_since_epoch(), std::chrono::milliseconds(1764000000500));
  EXPECT_EQ(got.extras(), object("trace", "t1"));
  EXPECT_EQ(got.metadata(), object("n", 1));
}

TEST(EnvelopeFailure, SenselessNumbersAreNoTimes) {
  for (const char* number : {"-1", "1e300", "1e400", "\"5\"", "true", "null"}) {
    const std::string value(number);
    const reply got = json_reply(R"({"success":false,"message":"m","error":{"retry_after":)" + value +
                                 R"(,"timestamp":)" + value + "}}");
    EXPECT_FALSE(got.error().retry_after) << value;
    EXPECT_EQ(got.error().timestamp, wall_time()) << value;
    EXPECT_FALSE(json::serialize(got.to_json()).empty());
  }
}

TEST(EnvelopeFailure, AllExtrasAreNoDataOfAFailure) {
  const reply got = json_reply(R"({"success":false,"error":"e","trace":"t1"})");
  EXPECT_TRUE(got.data().is_null());
  EXPECT_EQ(got.extras(), object("trace", "t1"));
  EXPECT_EQ(got.to_json().at("trace"), "t1");
}

// Statuses other than 2xx and 304.

TEST(HttpFailure, EachStatusHasItsCode) {
  struct row {
    int status;
    error_code code;
    bool retryable;
  };
  using enum error_code;
  for (const row& each : {row{400, validation_error, false},
                          row{422, validation_error, false},
                          row{401, authentication_failed, false},
                          row{403, permission_denied, false},
                          row{404, not_found, false},
                          row{410, not_found, false},
                          row{408, timeout_error, true},
                          row{504, timeout_error, true},
                          row{429, rate_limited, true},
                          row{425, communication_error, true},
                          row{500, service_unavailable, true},
                          row{502, service_unavailable, true},
                          row{503, service_unavailable, true},
                          row{501, service_unavailable, false},
                          row{505, service_unavailable, false},
                          row{599, service_unavailable, true},
                          row{409, communication_error, false},
                          row{418, communication_error, false},
                          row{300, communication_error, false},
                          row{307, communication_error, false},
                          row{101, communication_error, false},
                          row{700, communication_error, false}}) {
    const reply got = reply_to(each.status, "text/plain", "no");
    ASSERT_FALSE(got) << each.status;
    EXPECT_EQ(got.error().code, each.code) << each.status;
    EXPECT_EQ(got.error().number, facts_of(each.code).number) << each.status;
    EXPECT_EQ(got.error().status, facts_of(each.code).status) << each.status;
    EXPECT_EQ(got.error().retryable, each.retryable) << each.status;
    EXPECT_EQ(got.error().details, object("status", each.status, "body", "no"));
    EXPECT_EQ(got.call().status, each.status);
  }
}

TEST(HttpFailure, SaysWhatTheStatusIsWhereTheBodySaysNothing) {
  EXPECT_EQ(reply_to(503, "", "").message(), "HTTP 503 Service Unavailable from the upstream");
  EXPECT_EQ(reply_to(302, "text/html", "<a>").message(), "HTTP 302 Found from the upstream");
  EXPECT_EQ(reply_to(599, "", "").message(), "HTTP 599 from the upstream");
  EXPECT_EQ(reply_to(404, "application/json", "", "HEAD").message(), "HTTP 404 Not Found from the upstream");
  EXPECT_EQ(json_reply("{broken", 500).message(), "HTTP 500 Internal Server Error from the upstream");
  EXPECT_EQ(json_reply("[]", 500).message(), "HTTP 500 Internal Server Error from the upstream");
  EXPECT_EQ(reply_to(500, "", "").error().details, object("status", 500));
}

TEST(HttpFailure, TheUpstreamsMessageBecomesOurs) {
  EXPECT_EQ(json_reply(R"({"message":"top"})", 500).message(), "top");
  EXPECT_EQ(json_reply(R"({"error":{"message":"inner"}})", 500).message(), "inner");
  EXPECT_EQ(json_reply(R"({"error":"short"})", 500).message(), "short");
  EXPECT_EQ(json_reply(R"({"detail":"Not found"})", 404).message(), "Not found");
  EXPECT_EQ(json_reply(R"({"detail":{"message":"raised","code":"E7"}})", 404).message(), "raised");
  EXPECT_EQ(json_reply(R"({"title":"T","detail":"D"})", 404).message(), "D");
  EXPECT_EQ(json_reply(R"({"title":"T"})", 404).message(), "T");
  EXPECT_EQ(json_reply(R"({"message":5,"error":{"message":null}})", 404).message(),
            "HTTP 404 Not Found from the upstream");
  EXPECT_EQ(reply_to(500, "", R"({"error":"untyped"})").message(), "untyped");
  EXPECT_EQ(json_reply(R"({"message":"top"})", 500).error().message, "top");
}

TEST(HttpFailure, TheUpstreamsCodeGoesToTheDetails) {
  const auto code = [](std::string body) {
    const reply got = json_reply(std::move(body), 404);
    EXPECT_EQ(got.error().code_name(), "NOT_FOUND");
    const json::value* found = got.error().details.if_contains("upstream_code");
    return found == nullptr ? std::string("-") : std::string(found->as_string());
  };
  EXPECT_EQ(code(R"({"error":{"error_code":"A","code":"B"},"code":"C"})"), "A");
  EXPECT_EQ(code(R"({"error":{"code":"B"},"code":"C"})"), "B");
  EXPECT_EQ(code(R"({"error":"x","code":"C"})"), "C");
  EXPECT_EQ(code(R"({"error_code":"D","code":"C"})"), "D");
  EXPECT_EQ(code(R"({"detail":{"code":"E7"}})"), "E7");
  EXPECT_EQ(code(R"({"code":404})"), "404");
  EXPECT_EQ(code(R"({"error":{"message":"m"}})"), "-");
}

TEST(HttpFailure, ProblemDocumentsAreTakenOver) {
  const std::string body =
      R"({"type":"https://example.com/probs/credit","title":"Out of credit","status":403,"detail":"30 more","balance":12})";
  const reply got = reply_to(403, "application/problem+json; charset=utf-8", body);
  EXPECT_EQ(got.message(), "30 more");
  EXPECT_EQ(got.error().code, error_code::permission_denied);
  EXPECT_EQ(got.error().details.at("problem"), json_of(body));
  EXPECT_EQ(got.error().details.at("body").as_string(), body);
  EXPECT_FALSE(json_reply(body, 403).error().details.contains("problem"));
  EXPECT_FALSE(reply_to(403, "application/problem+json", "{oops").error().details.contains("problem"));
  EXPECT_FALSE(reply_to(403, "application/problem+json", "[1]").error().details.contains("problem"));
}

TEST(HttpFailure, BodiesAreCutAndCleaned) {
  EXPECT_EQ(reply_to(500, "text/plain", std::string(9000, 'x')).error().details.at("body").as_string().size(), 4096U);
  std::string accents;
  while (accents.size() < 9000) accents += "\xE2\x82\xAC";
  EXPECT_EQ(reply_to(500, "text/plain", accents).error().details.at("body").as_string().size(), 4095U);
  EXPECT_EQ(reply_to(500, "application/x-unknown", accents).error().details.at("body").as_string().size(), 4095U);
  EXPECT_EQ(reply_to(500, "text/plain", "a\r\n\tb\x1B[31m\x7F\xC2\x85!").error().details.at("body"), "a   b[31m!");
  EXPECT_EQ(reply_to(500, "text/plain", "a\xFF\xFE z").error().details.at("body"), "a\xEF\xBF\xBD\xEF\xBF\xBD z");
  EXPECT_EQ(reply_to(500, "text/plain; charset=latin1", "\xF1").error().details.at("body"), "\xC3\xB1");
  EXPECT_EQ(reply_to(500, "text/plain", "\xEF\xBB\xBFx").error().details.at("body"), "x");
}

TEST(HttpFailure, BinaryBodiesAreLeftOut) {
  EXPECT_FALSE(reply_to(500, "image/png", "\x89PNG\r\n").error().details.contains("body"));
  EXPECT_FALSE(reply_to(500, "text/plain", std::string("a\0b", 3)).error().details.contains("body"));
  EXPECT_FALSE(reply_to(500, "", "\xFF\xFE").error().details.contains("body"));
  const std::string binary_in_the_middle = std::string(100, 'x') + "\xFF" + std::string(5000, 'x');
  EXPECT_FALSE(reply_to(500, "application/x-unknown", binary_in_the_middle).error().details.contains("body"));
  EXPECT_EQ(reply_to(500, "application/octet-stream", "upstream connect error").error().details.at("body"),
            "upstream connect error");
}

TEST(HttpFailure, AnEnvelopeIsTakenOver) {
  const reply got =
      json_reply(R"({"success":false,"message":"Taken","trace":"t","metadata":{"n":1,"call":{"service":"c"}},
      "error":{"code":"DUPLICATE","details":{"field":"name"},"retry_after":3,"retryable":true}})",
                 409);
  EXPECT_EQ(got.message(), "Taken");
  EXPECT_EQ(got.error().code, error_code::communication_error);
  EXPECT_EQ(got.error().number, 4002);
  EXPECT_EQ(got.error().upstream_code, "DUPLICATE");
  EXPECT_FALSE(got.error().retryable) << "the status decides";
  EXPECT_EQ(got.error().retry_after, seconds_d(3));
  EXPECT_EQ(got.error().details.at("status"), 409);
  EXPECT_EQ(got.error().details.at("upstream_code"), "DUPLICATE");
  EXPECT_EQ(got.error().details.at("field"), "name");
  EXPECT_EQ(got.extras(), object("trace", "t"));
  EXPECT_EQ(got.metadata(), object("n", 1));
  EXPECT_EQ(got.call().upstream, json_of(R"({"service":"c"})"));
}

TEST(HttpFailure, AnEnvelopesCodeOfOursBringsItsRow) {
  const reply got = json_reply(R"({"success":false,"message":"m","error":{"code":"TENANT_ISOLATION_BREACH"}})", 403);
  EXPECT_EQ(got.error().code, error_code::tenant_isolation_breach);
  EXPECT_EQ(got.error().number, 2003);
  EXPECT_EQ(got.error().upstream_code, "");
}

TEST(HttpFailure, AnEnvelopeThatClaimsSuccessIsNotBelieved) {
  const reply got = json_reply(R"({"success":true,"message":"Fine","data":{"a":1}})", 500);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.message(), "HTTP 500 Internal Server Error from the upstream");
  EXPECT_TRUE(got.data().is_null());
}

TEST(HttpFailure, RetryAfterOfAnErrorObjectIsTakenOver) {
  EXPECT_EQ(json_reply(R"({"error":{"retry_after":1.5}})", 429).error().retry_after, seconds_d(1.5));
  EXPECT_FALSE(json_reply(R"({"error":{"retry_after":-1}})", 429).error().retry_after);
  EXPECT_FALSE(json_reply(R"({"error":5})", 429).error().retry_after);
}

}  // namespace
}  // namespace enlace
