#include "message/wire_request.hpp"

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/serialize.hpp>
#include <enlace/json.hpp>
#include <enlace/request.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::string_view_literals;

constexpr double nan_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::string_view base = "http://h:8000/p";

wire_request wire_of(const request& asked) {
  const result<wire_request> made = to_wire(asked);
  EXPECT_TRUE(made) << made.error().message;
  return made.value();
}

std::string target_of(const request& asked) { return wire_of(asked).url.target(); }

void expect_refused(const request& asked, std::string_view field, std::string_view hint) {
  const result<wire_request> made = to_wire(asked);
  ASSERT_FALSE(made) << field << ": " << hint;
  const error wrong = made.error();
  EXPECT_EQ(wrong.code, error_code::validation_error);
  EXPECT_FALSE(wrong.retryable);
  EXPECT_EQ(wrong.details.at("field"), json::value(field)) << wrong.message;
  EXPECT_NE(wrong.message.find(hint), std::string::npos) << wrong.message;
}

TEST(ToWire, PostsDataAsJson) {
  const wire_request wire = wire_of(post(base).data(object("text", "h\xC3\xA9", "n", 5, "x", nullptr)));
  EXPECT_EQ(wire.method, "POST");
  EXPECT_EQ(wire.url.to_string(), base);
  EXPECT_TRUE(wire.has_body);
  EXPECT_EQ(wire.body, "{\"text\":\"h\xC3\xA9\",\"n\":5,\"x\":null}");
  EXPECT_EQ(wire.fields.get("Content-Type"), "application/json"sv);
}

TEST(ToWire, SendsEveryKindOfJsonValue) {
  const std::pair<json::value, std::string_view> cases[] = {
      {nullptr, "null"}, {true, "true"}, {1, "1"}, {"x", "\"x\""}, {array(1, 2), "[1,2]"}, {object(), "{}"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(wire_of(post(base).data(value)).body, text);
  EXPECT_EQ(parse_json(wire_of(post(base).data(0.7)).body).value(), json::value(0.7));
}

TEST(ToWire, SendsDocumentsOfAllSizes) {
  for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 255U, 256U, 1023U, 1024U, 5000U, 100000U, 3000000U}) {
    const std::string text(size, 'x');
    const std::string body = wire_of(post(base).data(json::value(text))).body;
    ASSERT_EQ(body.size(), size + 2);
    EXPECT_EQ(body, "\"" + text + "\"");
  }
  json::array many;
  for (int i = 0; i < 20000; ++i) many.push_back(object("i", i, "t", "\"quoted\"\n"));
  EXPECT_EQ(wire_of(post(base).data(many)).body, json::serialize(many));
}

TEST(ToWire, HasNoBodyWithoutData) {
  for (const std::string_view method : {"POST", "PUT", "PATCH", "GET", "DELETE", "HEAD", "OPTIONS", "TRACE", "PURGE"}) {
    const wire_request wire = wire_of(request(method, base));
    EXPECT_EQ(wire.method, method);
    EXPECT_FALSE(wire.has_body);
    EXPECT_EQ(wire.body, "");
    EXPECT_EQ(wire.url.target(), "/p");
    EXPECT_FALSE(wire.fields.contains("Content-Type"));
    EXPECT_FALSE(wire.fields.contains("Content-Length"));
  }
}

TEST(ToWire, PutsStandardMethodsInUpperCase) {
  for (const auto& [given, sent] :
       std::vector<std::pair<std::string, std::string>>{{"post", "POST"},
                                                        {"Get", "GET"},
                                                        {"pUt", "PUT"},
                                                        {"patch", "PATCH"},
                                                        {"delete", "DELETE"},
                                                        {"head", "HEAD"},
                                                        {"options", "OPTIONS"},
                                                        {"trace", "TRACE"},
                                                        {"purge", "purge"},
                                                        {"Query", "Query"},
                                                        {"M-SEARCH", "M-SEARCH"},
                                                        {"posts", "posts"},
                                                        {"!#$%&'*+-.^_`|~", "!#$%&'*+-.^_`|~"}}) {
    EXPECT_EQ(wire_of(request(given, base)).method, sent);
  }
  EXPECT_EQ(wire_of(request("purge", base).data(object("a", 1))).body, R"({"a":1})");
  EXPECT_EQ(wire_of(request("get", base).data(object("a", 1))).url.target(), "/p?a=1");
}

TEST(ToWire, RefusesWhatIsNoMethod) {
  for (const std::string_view method :
       {""sv, " "sv, "GET "sv, "GE T"sv, "GET\r\n"sv, "G\0T"sv, "G:T"sv, "(GET)"sv, "GET/"sv, "\xC3\xA9"sv}) {
    expect_refused(request(method, base), "method", "one word");
  }
  expect_refused(request("connect", base), "method", "tunnel");
}

TEST(ToWire, PutsDataIntoTheQuery) {
  for (const std::string_view method : {"GET", "HEAD", "DELETE", "OPTIONS"}) {
    const wire_request wire = wire_of(request(method, base).data(object("a", 1, "b", "x y")));
    EXPECT_EQ(wire.url.target(), "/p?a=1&b=x%20y") << method;
    EXPECT_FALSE(wire.has_body);
    EXPECT_FALSE(wire.fields.contains("Content-Type"));
  }
}

TEST(ToWire, WritesEachKindOfValueIntoTheQuery) {
  const std::pair<json::value, std::string_view> cases[] = {
      {object(), "/p"},
      {object("a", nullptr), "/p"},
      {object("a", nullptr, "b", 1), "/p?b=1"},
      {object("a", true, "b", false), "/p?a=true&b=false"},
      {object("a", -5), "/p?a=-5"},
      {object("a", std::numeric_limits<std::uint64_t>::max()), "/p?a=18446744073709551615"},
      {object("a", 0.7, "b", 1.0, "c", 1e300), "/p?a=0.7&b=1&c=1e%2B300"},
      {object("a", ""), "/p?a="},
      {object("", "x"), "/p?=x"},
      {object("a", array(1, "two", nullptr, true)), "/p?a=1&a=two&a=true"},
      {object("a", array()), "/p"},
      {object("a", array(nullptr)), "/p"},
      {object("a", array(array(1, 2), object("k", "v"))), "/p?a=%5B1%2C2%5D&a=%7B%22k%22%3A%22v%22%7D"},
      {object("f", object("b", 1.5, "a", nullptr)), "/p?f=%7B%22a%22%3Anull%2C%22b%22%3A1.5%7D"},
      {object("k&=y", "a&b=c#d?e+f/g%h"), "/p?k%26%3Dy=a%26b%3Dc%23d%3Fe%2Bf%2Fg%25h"},
      {object("a", "h\xC3\xA9"), "/p?a=h%C3%A9"},
      {object("a", "x\r\ny"), "/p?a=x%0D%0Ay"},
      {object("z", 1, "a", 2), "/p?z=1&a=2"},
  };
  for (const auto& [data, target] : cases) EXPECT_EQ(target_of(get(base).data(data)), target);
}

TEST(ToWire, MergesDataWithTheQueryOfTheUrl) {
  EXPECT_EQ(target_of(get("http://h/p?x=1#f").data(object("a", 1))), "/p?x=1&a=1");
  EXPECT_EQ(target_of(get("http://h/p?").data(object("a", 1))), "/p?a=1");
  EXPECT_EQ(target_of(get("http://h").data(object("a", 1))), "/?a=1");
  EXPECT_EQ(target_of(get("http://h/p?a=0").data(object("a", 1))), "/p?a=0&a=1");
  EXPECT_EQ(target_of(get("http://h/p?x=1").data(object())), "/p?x=1");
  EXPECT_EQ(target_of(post("http://h/p?x=1").data(object("a", 1))), "/p?x=1");
}

TEST(ToWire, RefusesQueryDataThatIsNoObject) {
  for (const json::value& data :
       {json::value(1), json::value("a=b"), json::value(array(1)), json::value(true), json::value()}) {
    expect_refused(get(base).data(data), "data", "must be an object");
    expect_refused(del(base).data(data), "data", "DELETE");
  }
  expect_refused(request("TRACE", base).data(object("a", 1)), "data", "TRACE");
  expect_refused(request("TRACE", base).body("x", "text/plain"), "data", "TRACE");
}

TEST(ToWire, SendsRawBytes) {
  const std::string bytes("\0\xFF{not json\r\n", 13);
  const wire_request wire = wire_of(post(base).data(object("a", 1)).body(bytes, "application/octet-stream"));
  EXPECT_TRUE(wire.has_body);
  EXPECT_EQ(wire.body, bytes);
  EXPECT_EQ(wire.fields.get("Content-Type"), "application/octet-stream"sv);
  const wire_request in_get = wire_of(get(base).data(object("a", 1)).body("x", ""));
  EXPECT_TRUE(in_get.has_body);
  EXPECT_EQ(in_get.url.target(), "/p") << "the body wins over data";
  EXPECT_FALSE(in_get.fields.contains("Content-Type"));
  const wire_request empty = wire_of(post(base).body("", "text/plain"));
  EXPECT_TRUE(empty.has_body);
  EXPECT_EQ(empty.body, "");
  expect_refused(post(base).body("x", "text/plain\r\nX: y"), "content_type", "control");
}

TEST(ToWire, RefusesNumbersThatJsonLacks) {
  for (const double wrong : {nan_number, infinity, -infinity}) {
    expect_refused(post(base).data(wrong), "data", "NaN");
    expect_refused(post(base).data(object("a", array(1, object("b", wrong)))), "data", "NaN");
    expect_refused(get(base).data(object("a", wrong)), "data", "NaN");
    expect_refused(request("PURGE", base).data(object("a", wrong)), "data", "NaN");
  }
}

TEST(ToWire, RefusesTextThatIsNotUtf8) {
  expect_refused(post(base).data(object("a", "\xFF")), "data", "UTF-8");
  expect_refused(post(base).data(object("\xC3", 1)), "data", "UTF-8");
  expect_refused(get(base).data(object("a", "\xFF")), "data", "UTF-8");
  expect_refused(get(base).data(object("\xFF", 1)), "data", "UTF-8");
  expect_refused(get(base).data(object("a", array(object("b", "\xFF")))), "data", "UTF-8");
}

TEST(ToWire, AddsItsOwnFieldsUnlessTheCallerSetThem) {
  const wire_request plain = wire_of(post(base).data(object("a", 1)));
  EXPECT_EQ(plain.fields.get("Accept"), "application/json, */*;q=0.5"sv);
  EXPECT_EQ(plain.fields.get("User-Agent"), "enlace/0.1"sv);
  EXPECT_EQ(plain.fields.size(), 3U);
  const wire_request own = wire_of(post(base)
                                       .data(object("a", 1))
                                       .header("accept", "text/csv")
                                       .header("user-agent", "mine")
                                       .header("content-type", "application/vnd.api+json")
                                       .header("X-Tenant-ID", "t")
                                       .header("X-Empty", ""));
  EXPECT_EQ(own.fields.size(), 5U);
  EXPECT_EQ(own.fields.get("Accept"), "text/csv"sv);
  EXPECT_EQ(own.fields.get("User-Agent"), "mine"sv);
  EXPECT_EQ(own.fields.get("Content-Type"), "application/vnd.api+json"sv);
  EXPECT_EQ(own.fields.get("X-Tenant-ID"), "t"sv);
  EXPECT_EQ(own.fields.get("X-Empty"), ""sv);
  const wire_request raw = wire_of(post(base).header("Content-Type", "a/b").body("x", "c/d"));
  EXPECT_EQ(raw.fields.joined("Content-Type"), "c/d");
  EXPECT_EQ(wire_of(post(base).header("Content-Type", "a/b").body("x", "")).fields.get("Content-Type"), "a/b"sv);
}

TEST(ToWire, SendsTheUserinfoAsBasicCredentials) {
  const wire_request wire = wire_of(get("http://Aladdin:open%20sesame@h/"));
  EXPECT_EQ(wire.fields.get("Authorization"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="sv);
  EXPECT_EQ(wire.url.authority(), "h");
  EXPECT_EQ(wire_of(get("http://u@h/")).fields.get("Authorization"), "Basic dTo="sv);
  EXPECT_EQ(wire_of(get("http://u:p@h/").header("authorization", "Bearer t")).fields.joined("Authorization"),
            "Bearer t");
  EXPECT_FALSE(wire_of(get("http://@h/")).fields.contains("Authorization"));
}

TEST(ToWire, WritesTheIdempotencyKeyTwice) {
  const wire_request wire = wire_of(post(base).idempotency_key(R"(a "b" \c)").header("Idempotency-Key", "by hand"));
  EXPECT_EQ(wire.fields.joined("Idempotency-Key"), R"("a \"b\" \\c")");
  EXPECT_EQ(wire.fields.joined("X-Idempotency-Key"), R"(a "b" \c)");
  EXPECT_EQ(wire_of(post(base).header("Idempotency-Key", "\"k\"")).fields.joined("Idempotency-Key"), "\"k\"");
  EXPECT_FALSE(wire_of(post(base)).fields.contains("Idempotency-Key"));
  for (const std::string& key :
       {std::string("a\nb"), std::string("a\r\nX: y"), std::string("\0", 1), std::string("h\xC3\xA9"),
        std::string("\x7F"), std::string("\t"), std::string(" k"), std::string("k "), std::string(1025, 'k')}) {
    expect_refused(post(base).idempotency_key(key), "idempotency_key", "printable ASCII");
  }
  EXPECT_TRUE(to_wire(post(base).idempotency_key(std::string(1024, 'k'))));
}

TEST(ToWire, RefusesFieldsOfTheTransport) {
  for (const std::string_view name : {"Host", "host", "Content-Length", "CONTENT-LENGTH", "Transfer-Encoding",
                                      "transfer-encoding", "Connection", "Upgrade", "TE", "te", "Trailer"}) {
    expect_refused(post(base).header(name, "x"), "headers", name);
  }
  for (const std::string_view name :
       {"Hosts", "X-Host", "TEA", "Trailers", "Upgraded", "Connection-Id", "Content-Language", "Content-Lengtx"}) {
    EXPECT_TRUE(to_wire(post(base).header(name, "x"))) << name;
  }
}

TEST(ToWire, RefusesBrokenFields) {
  for (const std::string_view name :
       {""sv, " "sv, "X A"sv, "X:"sv, "X\r\n"sv, "X\0"sv, "H\xC3\xA9"sv, "X-A "sv, "(x)"sv}) {
    expect_refused(post(base).header(name, "v"), "headers", "name");
  }
  for (const std::string_view value : {"a\r\nX: y"sv, "a\nb"sv, "\r"sv, "a\0b"sv, "\x01"sv, "\x7F"sv, "\x1B[0m"sv}) {
    expect_refused(post(base).header("X-A", value), "headers", "X-A");
  }
  EXPECT_EQ(wire_of(post(base).header("X-A", "a\tb \xC3\xA9")).fields.get("X-A"), "a\tb \xC3\xA9"sv);
}

TEST(ToWire, RefusesBrokenIds) {
  using setter = request& (request::*)(std::string)&;
  const std::pair<std::string_view, setter> ids[] = {{"tenant", &request::tenant},
                                                     {"agent", &request::agent},
                                                     {"conversation", &request::conversation},
                                                     {"collection", &request::collection}};
  for (const auto& [field, set] : ids) {
    for (const std::string& value : {std::string("a\r\nX: y"), std::string("a\nb"), std::string("\0", 1),
                                     std::string("\t"), std::string("\x7F"), std::string("\x1F")}) {
      request asked = post(base);
      (asked.*set)(value);
      expect_refused(asked, field, "control");
    }
    request asked = post(base);
    (asked.*set)(std::string(1025, 'x'));
    expect_refused(asked, field, "1024");
    (asked.*set)(std::string(1024, 'x'));
    EXPECT_TRUE(to_wire(asked));
    (asked.*set)("h\xC3\xA9 % \xFF");
    EXPECT_TRUE(to_wire(asked)) << "sent percent-encoded";
    (asked.*set)("");
    EXPECT_TRUE(to_wire(asked));
  }
  expect_refused(post(base).context(context().request_id("a\nb")), "request_id", "control");
  expect_refused(post(base).context(context().correlation_id(std::string(1025, 'x'))), "correlation_id", "1024");
  expect_refused(post(base).context(context().traceparent("a\nb")), "traceparent", "control");
  expect_refused(post(base).context(context().tracestate("a\nb")), "tracestate", "control");
  expect_refused(post(base).context(context().baggage("a=b\r\n")), "baggage", "control");
  EXPECT_TRUE(to_wire(post(base).context(context().baggage("a=" + std::string(8000, 'x')))));
  EXPECT_EQ(check_ids(context().tenant("t")), std::nullopt);
  EXPECT_EQ(check_ids(context().agent("t\n"))->details.at("field"), json::value("agent"));
}

TEST(ToWire, RefusesBrokenSettings) {
  for (const double wrong : {0.0, -0.0, -1.0, nan_number, infinity, -infinity, 1e10, 1e300}) {
    expect_refused(post(base).timeout(seconds_d(wrong)), "timeout", "more than 0");
  }
  for (const double good : {1e-9, 0.5, 60.0, 1e9}) EXPECT_TRUE(to_wire(post(base).timeout(seconds_d(good))));
  for (const double wrong : {-1.0, -1e-9, nan_number, infinity, -infinity, 1e10}) {
    expect_refused(post(base).cache_ttl(seconds_d(wrong)), "cache_ttl", "from 0");
  }
  for (const double good : {0.0, -0.0, 0.5, 86400.0}) EXPECT_TRUE(to_wire(post(base).cache_ttl(seconds_d(good))));
  for (const int wrong : {0, -1, std::numeric_limits<int>::min()}) {
    expect_refused(post(base).max_attempts(wrong), "max_attempts", "at least 1");
  }
  EXPECT_TRUE(to_wire(post(base).max_attempts(1)));
  expect_refused(post(base).first_event_timeout(seconds_d(0)), "first_event_timeout", "more than 0");
  expect_refused(post(base).between_events_timeout(seconds_d(-1)), "between_events_timeout", "more than 0");
  for (const std::string_view wrong : {"a\nb"sv, "\0"sv, "x\x7F"sv, "a\tb"sv}) {
    expect_refused(post(base).operation(wrong), "operation", "control");
  }
  EXPECT_TRUE(to_wire(post(base).operation("")));
  EXPECT_TRUE(to_wire(post(base).operation("no such operation")));
}

TEST(ToWire, RefusesBrokenUrls) {
  for (const std::string_view wrong : {"", "h", "ftp://h/", "http://h/\r\n", "http://127.1/"}) {
    expect_refused(post(wrong), "url", "URL");
  }
}

TEST(ToWire, LeavesTheRequestAsItWas) {
  const request asked =
      get("http://u:p@h/?x=1").data(object("a", array(1, nullptr))).header("X-A", "1").idempotency_key("k");
  const request before = asked;
  static_cast<void>(to_wire(asked));
  EXPECT_EQ(asked.url(), before.url());
  EXPECT_EQ(asked.data(), before.data());
  EXPECT_EQ(asked.headers().size(), 1U);
}

// No secret of the caller's shows in what goes to logs.
TEST(ToWire, SaysNothingOfValues) {
  const request wrong[] = {
      post(base).header("Authorization", "s3cret\n"),
      post(base).tenant("s3cret\n"),
      post(base).idempotency_key("s3cret\n"),
      post(base).data(object("s3cret", nan_number)),
      post(base).data(object("a", "s3cret\xFF")),
      post("http://u:s3cret@[/"),
      post(base).body("x", "s3cret\n"),
      post(base).header("s3cret\n", "x"),
      request("s3cret ", base),
      post(base).operation("s3cret\n"),
  };
  for (const request& each : wrong) {
    const result<wire_request> made = to_wire(each);
    ASSERT_FALSE(made);
    EXPECT_EQ(json::serialize(made.error().to_json()).find("s3cret"), std::string::npos) << made.error().message;
  }
}

TEST(WireRequest, ABodyMadeOnTheWayWinsOverTheOthers) {
  const auto nothing = []() -> boost::asio::awaitable<std::string> { co_return std::string(); };
  request asked = post(base).data(object("a", 1)).body("bytes", "text/plain");
  asked.body_stream(nothing, "application/x-tar");
  const result<wire_request> wire = to_wire(asked);
  ASSERT_TRUE(wire);
  EXPECT_TRUE(wire->has_body);
  EXPECT_EQ(wire->body, "");
  EXPECT_EQ(wire->fields.get("Content-Type"), "application/x-tar");
  expect_refused(request("TRACE", base).body_stream(nothing, ""), "data", "can't carry");
  expect_refused(post(base).body_stream(nothing, "a\r\nb"), "content_type", "control character");
}

}  // namespace
}  // namespace enlace
