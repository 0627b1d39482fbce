#include "server/bad_upstream.hpp"

#include <string>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

using test::raw_client;
using test::test_upstream;

class BadUpstream : public testing::Test {
 protected:
  incoming ask(std::string_view target, std::string_view fields = "") {
    return raw_client(upstream_.port()).ask(target, fields);
  }
  json::value json_of(std::string_view target) {
    const incoming answer = ask(target);
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_EQ(answer.headers.get("Content-Type"), "application/json");
    return json::parse(answer.body);
  }

  test_upstream upstream_;
};

TEST_F(BadUpstream, EchoesTheRequest) {
  raw_client client(upstream_.port());
  client.send(
      "PATCH /echo?a=1&a=2&a=3&b=x+y&c= HTTP/1.1\r\nHost: h\r\nX-Tenant-ID: acme\r\nX-Twice: 1\r\nx-twice: 2\r\n"
      "Content-Type: application/json; charset=utf-8\r\nContent-Length: 12\r\n\r\n{\"text\":\"t\"}");
  const json::value echo = json::parse(client.read_answer().body);
  EXPECT_EQ(echo.at("method"), "PATCH");
  EXPECT_EQ(echo.at("path"), "/echo");
  EXPECT_EQ(echo.at("query"), json::value(object("a", array("1", "2", "3"), "b", "x y", "c", "")));
  EXPECT_EQ(echo.at("headers").at("x-tenant-id"), "acme");
  EXPECT_EQ(echo.at("headers").at("x-twice"), "1, 2");
  EXPECT_EQ(echo.at("body"), json::value(object("text", "t")));
}

TEST_F(BadUpstream, EchoesBodiesOfAllKinds) {
  const auto body_of = [&](std::string_view type, std::string_view body) {
    raw_client client(upstream_.port());
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\n" + std::string(type) +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
    return json::parse(client.read_answer().body).at("body");
  };
  EXPECT_TRUE(body_of("", "").is_null());
  EXPECT_EQ(body_of("", "{}"), "{}");
  EXPECT_EQ(body_of("Content-Type: application/json\r\n", "{broken"), "{broken");
  EXPECT_EQ(body_of("Content-Type: text/plain\r\n", "\xC3\xA9"), "\xC3\xA9");
  EXPECT_EQ(body_of("Content-Type: text/plain\r\n", "\xFF"), json::value(object("base64", "/w==")));
}

TEST_F(BadUpstream, AnswersWithAnyStatus) {
  EXPECT_EQ(json_of("/status/200"), json::value(object("status", 200)));
  const incoming failed = ask("/status/503?retry_after=7");
  EXPECT_EQ(failed.status, 503);
  EXPECT_EQ(failed.headers.get("Retry-After"), "7");
  EXPECT_EQ(json::parse(failed.body).at("error").at("retry_after"), 7.0);
  EXPECT_EQ(ask("/status/204").body, "");
  EXPECT_EQ(ask("/status/307?location=/echo%3Fx").headers.get("Location"), "/echo?x");
  for (const int status : {400, 401, 403, 404, 408, 409, 410, 418, 422, 425, 429, 500, 501, 502, 504, 505, 599}) {
    const incoming answer = ask("/status/" + std::to_string(status));
    EXPECT_EQ(answer.status, status);
    const json::value body = json::parse(answer.body);
    EXPECT_EQ(body.at("error").at("code").as_string(), facts_of(error_code_for_status(status)).name);
    EXPECT_EQ(body.at("error").at("status"), status);
  }
}

TEST_F(BadUpstream, AnswersLate) {
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(json_of("/delay/20"), json::value(object("delayed_ms", 20)));
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(20));
}

TEST_F(BadUpstream, FailsAFewTimesForEachKey) {
  for (const char* key : {"&key=a", "&key=b", ""}) {
    const std::string target = "/flaky?fail=2&status=502" + std::string(key);
    EXPECT_EQ(ask(target).status, 502);
    EXPECT_EQ(ask(target).status, 502);
    EXPECT_EQ(json_of(target), json::value(object("hits", 3)));
  }
  EXPECT_EQ(upstream_.count("a"), 3U);
  EXPECT_EQ(ask("/flaky?retry_after=1").headers.get("Retry-After"), "1");
  EXPECT_EQ(ask("/flaky?fail=0").status, 200);
}

TEST_F(BadUpstream, CountsHitsWhateverHappensAfter) {
  for (const char* path : {"/echo", "/status/500", "/reset", "/truncate", "/garbage", "/two-lengths", "/health"}) {
    raw_client client(upstream_.port());
    client.get(std::string(path) + "?key=k");
    client.read_answer();
  }
  EXPECT_EQ(upstream_.count("k"), 7U);
  EXPECT_EQ(json_of("/count?key=k"), json::value(object("key", "k", "count", 7)));
  EXPECT_EQ(json_of("/count?key=k").at("count"), 7);
  EXPECT_EQ(json_of("/count?key=other").at("count"), 0);
}

TEST_F(BadUpstream, ShowsAPageWhereJsonIsExpected) {
  const incoming page = ask("/page");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_TRUE(page.body.starts_with("<!DOCTYPE html>"));
}

TEST_F(BadUpstream, CountsWhatIsUploaded) {
  raw_client client(upstream_.port());
  client.send("PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + std::string(300'000, 'x'));
  EXPECT_EQ(json::parse(client.read_answer().body), json::value(object("bytes", 300'000)));
  EXPECT_EQ(json_of("/upload"), json::value(object("bytes", 0)));
}

TEST_F(BadUpstream, TellsItsHealth) {
  const json::value health = json_of("/health");
  EXPECT_EQ(health.at("service"), "bad-upstream");
  EXPECT_EQ(health.at("status"), "available");
  EXPECT_TRUE(health.at("components").is_object());
  EXPECT_TRUE(health.as_object().contains("version"));
  EXPECT_GT(health.at("timestamp").as_double(), 1.7e9);
  EXPECT_EQ(json_of("/health?status=degraded").at("status"), "degraded");
}

TEST_F(BadUpstream, RefusesBadParametersByNameAndFix) {
  const struct {
    const char* target;
    const char* field;
  } cases[] = {
      {"/status/abc", "code"},
      {"/status/199", "code"},
      {"/status/600", "code"},
      {"/status/200?retry_after=x", "retry_after"},
      {"/delay/600001", "ms"},
      {"/delay/-1", "ms"},
      {"/flaky?fail=-1", "fail"},
      {"/flaky?status=200", "status"},
      {"/drip?bytes=9999999999", "bytes"},
      {"/drip?interval_ms=60001", "interval_ms"},
      {"/sse?events=x", "events"},
      {"/ndjson?events=1000001", "events"},
      {"/tokens?tokens=-1", "tokens"},
      {"/tokens?format=other", "format"},
      {"/tokens?break_after=x", "break_after"},
      {"/sse?break_after=-1", "break_after"},
      {"/sse?retry_ms=60001", "retry_ms"},
      {"/sse?comments=1001", "comments"},
      {"/ndjson?newline=2", "newline"},
      {"/ndjson?break_after=", "break_after"},
      {"/stall?events=-1", "events"},
      {"/error-event?events=x", "events"},
      {"/error-event?format=json", "format"},
      {"/long-line?bytes=16", "bytes"},
      {"/long-line?bytes=1073741825", "bytes"},
      {"/bomb?mib=0", "mib"},
      {"/health?status=fine", "status"},
      {"/truncate?framing=none", "framing"},
      {"/status/302?location=a%0Ab", "location"},
  };
  for (const auto& bad : cases) {
    const incoming answer = ask(bad.target);
    EXPECT_EQ(answer.status, 422) << bad.target;
    const json::value body = json::parse(answer.body);
    EXPECT_EQ(body.at("error").at("code"), "VALIDATION_ERROR");
    EXPECT_EQ(body.at("error").at("details").at("field"), bad.field) << bad.target;
    EXPECT_TRUE(body.at("error").at("details").at("fix").as_string().starts_with("give ")) << bad.target;
  }
  EXPECT_EQ(ask("/echo?key=" + std::string(257, 'k')).status, 422);
}

TEST_F(BadUpstream, SaysWhatThereIs) {
  for (const char* target : {"/", "/nothing", "/echo/more", "/status", "/status/", "/statusx/200", "//echo"}) {
    const incoming answer = ask(target);
    EXPECT_EQ(answer.status, 404) << target;
    const json::value body = json::parse(answer.body);
    EXPECT_EQ(body.at("error").at("code"), "NOT_FOUND");
    EXPECT_EQ(body.at("error").at("details").at("paths").as_array().size(), 24U);
  }
}

}  // namespace
}  // namespace enlace
