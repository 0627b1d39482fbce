#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <enlace/error.hpp>
#include <enlace/result.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

namespace json = boost::json;

struct row {
  error_code code;
  const char* name;
  int number;
  int status;
  const char* type;
  bool retryable;
};

constexpr row table[] = {
    {error_code::validation_error, "VALIDATION_ERROR", 1002, 422, "validation", false},
    {error_code::authentication_failed, "AUTHENTICATION_FAILED", 2001, 401, "authentication", false},
    {error_code::permission_denied, "PERMISSION_DENIED", 2000, 403, "permission", false},
    {error_code::not_found, "NOT_FOUND", 1001, 404, "not_found", false},
    {error_code::timeout_error, "TIMEOUT_ERROR", 4003, 504, "timeout", true},
    {error_code::rate_limited, "RATE_LIMITED", 3001, 429, "rate_limited", true},
    {error_code::service_unavailable, "SERVICE_UNAVAILABLE", 4000, 503, "unavailable", true},
    {error_code::communication_error, "COMMUNICATION_ERROR", 4002, 503, "communication", true},
    {error_code::external_api_error, "EXTERNAL_API_ERROR", 4001, 502, "external", false},
    {error_code::tenant_isolation_breach, "TENANT_ISOLATION_BREACH", 2003, 403, "isolation", false},
    {error_code::configuration_error, "CONFIGURATION_ERROR", 1010, 500, "configuration", false},
    {error_code::cancelled, "CANCELLED", 1020, 499, "cancelled", false},
};

TEST(Error, TakesItsFactsFromTheTable) {
  for (const row& each : table) {
    const error made(each.code, "why");
    EXPECT_EQ(made.code_name(), each.name);
    EXPECT_EQ(made.number, each.number) << each.name;
    EXPECT_EQ(made.status, each.status) << each.name;
    EXPECT_EQ(made.type(), each.type) << each.name;
    EXPECT_EQ(made.retryable, each.retryable) << each.name;
    EXPECT_EQ(error_code_named(each.name), each.code);
  }
  EXPECT_EQ(error_code_named("QUOTA_USED_UP"), std::nullopt);
  EXPECT_EQ(error_code_named(""), std::nullopt);
  EXPECT_EQ(error_code_named("timeout_error"), std::nullopt);
}

TEST(Error, KnowsTheCodeOfEachStatus) {
  const auto expected = [](int status) {
    switch (status) {
      case 400:
      case 422:
        return error_code::validation_error;
      case 401:
        return error_code::authentication_failed;
      case 403:
        return error_code::permission_denied;
      case 404:
      case 410:
        return error_code::not_found;
      case 408:
      case 504:
        return error_code::timeout_error;
      case 429:
        return error_code::rate_limited;
      default:
        return status >= 500 ? error_code::service_unavailable : error_code::communication_error;
    }
  };
  for (int status = 100; status < 600; ++status) EXPECT_EQ(error_code_for_status(status), expected(status)) << status;
  for (const int status : {-1, 0, 99, 600, 1000}) {
    EXPECT_EQ(error_code_for_status(status), error_code::communication_error) << status;
  }
}

TEST(Error, KnowsWhichStatusesMayPass) {
  const std::set<int> passing{408, 425, 429};
  const std::set<int> lasting{501, 505};
  for (int status = 100; status < 700; ++status) {
    const bool expected = passing.contains(status) || (status >= 500 && status < 600 && !lasting.contains(status));
    EXPECT_EQ(status_is_retryable(status), expected) << status;
  }
}

TEST(Error, WritesTheErrorObjectOfTheEnvelope) {
  json::object details;
  details["operation"] = "embedding";
  error failed(error_code::timeout_error, "no answer in time", details);
  failed.retry_after = seconds_d(7.5);
  failed.timestamp = wall_time(std::chrono::milliseconds(1764000000123));
  const json::value expected = json::parse(R"({"message": "no answer in time", "code": "TIMEOUT_ERROR",
      "error_code": "TIMEOUT_ERROR", "number": 4003, "status": 504, "type": "timeout", "retryable": true,
      "retry_after": 7.5, "details": {"operation": "embedding"}, "timestamp": 1764000000.123})");
  const json::object written = failed.to_json();
  EXPECT_EQ(json::value(written), expected);
  // In the order of the documentation, for those who read it.
  auto member = written.begin();
  for (const json::key_value_pair& each : expected.as_object()) EXPECT_EQ((member++)->key(), each.key());
}

TEST(Error, WritesNullForNoRetryAfterAndAnEmptyObjectForNoDetails) {
  const json::object written = error(error_code::not_found, "gone").to_json();
  EXPECT_TRUE(written.at("retry_after").is_null());
  EXPECT_EQ(written.at("details"), json::value(json::object()));
  EXPECT_EQ(written.at("retryable"), json::value(false));
  EXPECT_EQ(written.at("timestamp"), json::value(0.0));
}

TEST(Error, PrefersTheUpstreamsOwnCode) {
  error failed(error_code::external_api_error, "over quota");
  failed.upstream_code = "QUOTA_USED_UP";
  EXPECT_EQ(failed.code_name(), "QUOTA_USED_UP");
  const json::object written = failed.to_json();
  EXPECT_EQ(written.at("code"), json::value("QUOTA_USED_UP"));
  EXPECT_EQ(written.at("error_code"), json::value("QUOTA_USED_UP"));
  EXPECT_EQ(written.at("number"), json::value(4001));
  EXPECT_EQ(written.at("type"), json::value("external"));
}

TEST(Error, NamesItsCauseInTheDetails) {
  error failed(error_code::service_unavailable, "gave up");
  error last(error_code::timeout_error, "attempt 3 timed out");
  last.cause = std::make_shared<const error>(error_code::cancelled, "not shown");
  failed.cause = std::make_shared<const error>(last);
  const json::object written = failed.to_json();
  EXPECT_EQ(written.at("details"),
            json::parse(R"({"cause": {"code": "TIMEOUT_ERROR", "message": "attempt 3 timed out"}})"));
  EXPECT_TRUE(failed.details.empty()) << "the error itself is not changed";
}

TEST(Error, IsAlwaysSerialisable) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  json::array numbers;
  numbers.emplace_back(nan);
  numbers.emplace_back(1.5);
  numbers.emplace_back(-infinity);
  json::object inner;
  inner["k\xFFy"] = "v\xC3(";
  inner["number"] = infinity;
  json::object details;
  details["numbers"] = numbers;
  details["inner"] = inner;
  error failed(error_code::external_api_error, "bad byte \x80 here", details);
  failed.upstream_code = "CODE\xFE";
  failed.retry_after = seconds_d(nan);
  failed.cause = std::make_shared<const error>(error_code::cancelled, "\xED\xA0\x80");
  const std::string text = json::serialize(failed.to_json());
  const json::value read = json::parse(text);  // refuses invalid UTF-8
  EXPECT_EQ(read.at("message"), json::value("bad byte \xEF\xBF\xBD here"));
  EXPECT_EQ(read.at("code"), json::value("CODE\xEF\xBF\xBD"));
  EXPECT_TRUE(read.at("retry_after").is_null());
  EXPECT_EQ(read.at("details").at("numbers"), json::parse("[null, 1.5, null]"));
  EXPECT_EQ(read.at("details").at("inner"), json::parse("{\"k\xEF\xBF\xBDy\": \"v\xEF\xBF\xBD(\", \"number\": null}"));
  EXPECT_EQ(read.at("details").at("cause").at("message"), json::value("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"));
}

TEST(Error, KeysThatBecomeEqualAreOneMember) {
  json::object details;
  details["\xFE"] = 1;
  details["\xFF"] = 2;
  const json::object written = error(error_code::cancelled, "", details).to_json();
  EXPECT_EQ(written.at("details"), json::parse("{\"\xEF\xBF\xBD\": 2}"));
}

TEST(Result, ThrowsItsErrorWhenAskedForAValue) {
  const result<int> failed = error(error_code::not_found, "no such thing");
  ASSERT_FALSE(failed);
  try {
    static_cast<void>(failed.value());
    FAIL() << "no exception";
  } catch (const failure& thrown) {
    EXPECT_STREQ(thrown.what(), "no such thing");
    EXPECT_EQ(thrown.error().code, error_code::not_found);
  }
  const result<int> good = 5;
  EXPECT_EQ(good.value(), 5);
}

}  // namespace
}  // namespace enlace
