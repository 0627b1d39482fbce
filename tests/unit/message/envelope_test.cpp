#include <string>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "unit/message/answer.hpp"

namespace enlace {
namespace {

TEST(Envelope, IsTakenOverFieldByField) {
  const reply got = json_reply(R"({"success":true,"message":"Done","data":{"a":1},"metadata":{"page":2}})");
  ASSERT_TRUE(got);
  EXPECT_EQ(got.message(), "Done");
  EXPECT_EQ(got.data(), json_of(R"({"a":1})"));
  EXPECT_EQ(got.metadata(), object("page", 2));
  EXPECT_TRUE(got.extras().empty());
  EXPECT_EQ(got.call().status, 200);
}

TEST(Envelope, NeedsOnlyOneOfItsFields) {
  EXPECT_EQ(json_reply(R"({"success":true,"message":"m"})").message(), "m");
  EXPECT_TRUE(json_reply(R"({"success":true,"message":"m"})").data().is_null());
  EXPECT_EQ(json_reply(R"({"success":true,"data":[1]})").data(), json_of("[1]"));
  EXPECT_EQ(json_reply(R"({"success":true,"data":[1]})").message(), "Operation completed");
  EXPECT_TRUE(json_reply(R"({"success":true,"error":null})").data().is_null());
}

TEST(Envelope, KeepsExtraKeys) {
  const reply got = json_reply(R"({"request":"r1","success":true,"data":{"a":1},"took":3})");
  EXPECT_EQ(got.data(), json_of(R"({"a":1})"));
  EXPECT_EQ(json::serialize(got.extras()), R"({"request":"r1","took":3})");
}

TEST(Envelope, ExtrasAreTheDataWhereThereIsNone) {
  for (const char* body : {R"({"success":true,"message":"m","data":null,"embedding":[1,2],"model":"x"})",
                           R"({"success":true,"message":"m","embedding":[1,2],"model":"x"})"}) {
    const reply got = json_reply(body);
    EXPECT_EQ(got.data(), json_of(R"({"embedding":[1,2],"model":"x"})"));
    EXPECT_EQ(got.extras(), json_of(R"({"embedding":[1,2],"model":"x"})").as_object());
  }
}

TEST(Envelope, DataThatIsFalseOrEmptyIsData) {
  for (const char* data : {"false", "0", "\"\"", "{}", "[]"}) {
    const reply got = json_reply(R"({"success":true,"extra":1,"data":)" + std::string(data) + "}");
    EXPECT_EQ(got.data(), json_of(data));
  }
}

TEST(Envelope, TakesMessagesThatAreNoText) {
  EXPECT_EQ(json_reply(R"({"success":true,"message":null,"data":1})").message(), "Operation completed");
  EXPECT_EQ(json_reply(R"({"success":true,"message":"","data":1})").message(), "");
  EXPECT_EQ(json_reply(R"({"success":true,"message":7,"data":1})").message(), "7");
  EXPECT_EQ(json_reply(R"({"success":true,"message":{"es":"listo"},"data":1})").message(), R"({"es":"listo"})");
}

TEST(Envelope, AnErrorBesideASuccessStaysAnExtra) {
  const reply got = json_reply(R"({"success":true,"data":null,"error":"careful"})");
  ASSERT_TRUE(got);
  EXPECT_TRUE(got.data().is_null());
  EXPECT_EQ(got.extras(), object("error", "careful"));
  EXPECT_EQ(got.to_json().at("error"), "careful");
}

TEST(Envelope, AnUpstreamsCallBecomesTheRecordBelow) {
  const reply got = json_reply(R"({"success":true,"data":1,"metadata":{"z":1,"call":{"service":"b"},"a":2,"m":3}})");
  EXPECT_EQ(got.call().upstream, json_of(R"({"service":"b"})"));
  EXPECT_EQ(json::serialize(got.metadata()), R"({"z":1,"a":2,"m":3})");
}

TEST(Envelope, MetadataThatAreNoObjectAreKept) {
  EXPECT_EQ(json_reply(R"({"success":true,"data":1,"metadata":"v2"})").metadata(), object("value", "v2"));
  EXPECT_EQ(json_reply(R"({"success":true,"data":1,"metadata":[1]})").metadata(), object("value", array(1)));
  EXPECT_TRUE(json_reply(R"({"success":true,"data":1,"metadata":null})").metadata().empty());
}

TEST(Envelope, SuccessThatIsNoBooleanIsPlainData) {
  for (const char* body :
       {R"({"success":"true","data":1})", R"({"success":1,"data":1})", R"({"success":null,"data":1})",
        R"({"success":[],"error":"x"})", R"({"success":"false","message":"m"})"}) {
    const reply got = json_reply(body);
    ASSERT_TRUE(got) << body;
    EXPECT_EQ(got.data(), json_of(body));
  }
}

TEST(Envelope, SuccessAloneIsPlainData) {
  EXPECT_EQ(json_reply(R"({"success":true})").data(), json_of(R"({"success":true})"));
  const reply got = json_reply(R"({"success":false,"reason":"x"})");
  ASSERT_TRUE(got);
  EXPECT_EQ(got.data(), json_of(R"({"success":false,"reason":"x"})"));
}

TEST(Envelope, AnyOtherJsonIsData) {
  for (const char* body : {R"({"a":1})", "{}", "[]", "[1,2,3]", "1", "-2.5", "\"text\"", "true", "false", "null",
                           R"({"message":"hello"})", R"({"error":"odd, at 200"})", R"({"metadata":{}})"}) {
    const reply got = json_reply(body);
    ASSERT_TRUE(got) << body;
    EXPECT_EQ(got.data(), json_of(body)) << body;
    EXPECT_EQ(got.message(), "Operation completed");
  }
}

TEST(Envelope, DataWithMetadataIsTakenOver) {
  const reply got = json_reply(R"({"data":[1],"metadata":{"n":1,"call":{"x":1}}})");
  EXPECT_EQ(got.data(), json_of("[1]"));
  EXPECT_EQ(got.metadata(), object("n", 1));
  EXPECT_EQ(got.call().upstream, json_of(R"({"x":1})"));
  EXPECT_EQ(got.message(), "Operation completed");
  EXPECT_EQ(json_reply(R"({"message":"m","data":1,"metadata":{}})").message(), "m");
}

TEST(Envelope, DataWithOtherKeysIsPlainData) {
  for (const char* body : {R"({"data":[1],"model":"x","usage":{}})", R"({"data":[1]})", R"({"data":1,"message":"m"})",
                           R"({"data":1,"metadata":{},"object":"list"})", R"({"metadata":{},"message":"m"})",
                           R"({"data":1,"metadata":{},"message":"m","more":1})", R"({"metadata":{},"more":1})"}) {
    EXPECT_EQ(json_reply(body).data(), json_of(body)) << body;
  }
}

TEST(Envelope, NoBodyIsNullData) {
  for (const int status : {200, 201, 204, 205, 304}) {
    const reply got = reply_to(status, "application/json", "");
    ASSERT_TRUE(got) << status;
    EXPECT_TRUE(got.data().is_null());
    EXPECT_EQ(got.call().status, status);
  }
  EXPECT_TRUE(reply_to(204, "application/json", "oops").data().is_null());
  EXPECT_TRUE(reply_to(304, "application/json", "oops"));
  EXPECT_TRUE(reply_to(200, "application/json", "oops", "HEAD").data().is_null());
  EXPECT_TRUE(reply_to(200, "image/png", "").data().is_null());
}

TEST(Envelope, JsonIsKnownByItsSuffixToo) {
  for (const char* type : {"application/json", "application/json; charset=utf-8", "APPLICATION/JSON",
                           "application/vnd.api+json", "application/health+json;v=1", "text/json", " application/json ",
                           "application/json, application/json", "application/problem+json"}) {
    EXPECT_EQ(reply_to(200, type, R"({"a":1})").data(), json_of(R"({"a":1})")) << type;
  }
  EXPECT_EQ(reply_to(200, "application/jsonp", R"({"a":1})").data(),
            json_of(R"({"base64":"eyJhIjoxfQ==","content_type":"application/jsonp"})"));
}

TEST(Envelope, JsonMayBeginWithAMarkAndHaveSpaceAround) {
  EXPECT_EQ(json_reply("\xEF\xBB\xBF{\"a\":1}").data(), json_of(R"({"a":1})"));
  EXPECT_EQ(json_reply(" \r\n\t{\"a\":1}\r\n ").data(), json_of(R"({"a":1})"));
  EXPECT_EQ(json_reply("{\"a\":1}\n").data(), json_of(R"({"a":1})"));
}

TEST(Envelope, JsonInLatin1IsReadAsThatOnlyWhenItIsNotUtf8) {
  EXPECT_EQ(reply_to(200, "application/json; charset=ISO-8859-1", "\"caf\xE9\"").data(), "caf\xC3\xA9");
  EXPECT_EQ(reply_to(200, "application/json; charset=ISO-8859-1", "\"caf\xC3\xA9\"").data(), "caf\xC3\xA9");
  EXPECT_FALSE(reply_to(200, "application/json", "\"caf\xE9\""));
  const reply bad = reply_to(200, "application/json; charset=ISO-8859-1", "[\"caf\xC3\xA9\",]");
  EXPECT_EQ(bad.error().details.at("offset"), 9) << "of the bytes that came";
}

TEST(Envelope, TextBecomesText) {
  const auto text_of_reply = [](std::string_view type, std::string body) {
    const reply got = reply_to(200, type, std::move(body));
    EXPECT_TRUE(got);
    return std::string(got.data().at("text").as_string());
  };
  EXPECT_EQ(text_of_reply("text/plain", "hola"), "hola");
  EXPECT_EQ(text_of_reply("text/html; charset=\"UTF-8\"", "\xC3\xB1"), "\xC3\xB1");
  EXPECT_EQ(text_of_reply("text/plain; charset=us-ascii", "plain"), "plain");
  EXPECT_EQ(text_of_reply("text/plain;charset=latin1", "a\xF1o"), "a\xC3\xB1o");
  EXPECT_EQ(text_of_reply("text/plain; format=flowed; Charset=ISO-8859-1", "\xFF\x80"), "\xC3\xBF\xC2\x80");
  EXPECT_EQ(text_of_reply("text/plain", "\xEF\xBB\xBFmarked"), "marked");
  EXPECT_EQ(text_of_reply("text/plain; charset=iso-8859-1", "\xEF\xBB\xBF\xC3\xB1"), "\xC3\xB1");
  EXPECT_EQ(text_of_reply("text/plain", "{\"a\":1}"), "{\"a\":1}");
  EXPECT_EQ(text_of_reply("application/xml", "<a/>"), "<a/>");
  EXPECT_EQ(text_of_reply("application/x-ndjson", "1\n2\n"), "1\n2\n");
  EXPECT_EQ(text_of_reply("image/svg+xml", "<svg/>"), "<svg/>");
  EXPECT_EQ(text_of_reply("text/event-stream", "data: x\n\n"), "data: x\n\n");
}

TEST(Envelope, WhatIsNoTextBecomesBase64) {
  const auto base64_of = [](std::string_view type, std::string body) {
    const reply got = reply_to(200, type, std::move(body));
    EXPECT_TRUE(got);
    EXPECT_EQ(got.data().as_object().size(), 2U);
    EXPECT_EQ(got.data().at("content_type").as_string(), type);
    return std::string(got.data().at("base64").as_string());
  };
  EXPECT_EQ(base64_of("image/png", "\x89PNG"), "iVBORw==");
  EXPECT_EQ(base64_of("application/octet-stream", "text"), "dGV4dA==");
  EXPECT_EQ(base64_of("text/plain", "a\xF1o"), "YfFv");
  EXPECT_EQ(base64_of("text/plain; charset=utf-8", "\xED\xA0\x80"), "7aCA");
  EXPECT_EQ(base64_of("text/plain; charset=us-ascii", "\xC3\xB1"), "w7E=");
  EXPECT_EQ(base64_of("text/plain; charset=utf-16", std::string("a\0", 2)), "YQA=");
  EXPECT_EQ(base64_of("text/plain; charset=windows-1252", "plain"), "cGxhaW4=");
  EXPECT_EQ(base64_of("text/plain", "\xEF\xBB\xBF\xFF"), "77u//w==");
}

TEST(Envelope, WithoutATypeItIsJsonElseTextElseBase64) {
  EXPECT_EQ(reply_to(200, "", R"({"success":true,"data":5})").data(), 5);
  EXPECT_EQ(reply_to(200, "", "[1]").data(), json_of("[1]"));
  EXPECT_EQ(reply_to(200, "", "hola").data(), json_of(R"({"text":"hola"})"));
  EXPECT_EQ(reply_to(200, "", "{broken").data(), json_of(R"({"text":"{broken"})"));
  EXPECT_EQ(reply_to(200, "", "\xFF").data(),
            json_of(R"({"base64":"/w==","content_type":"application/octet-stream"})"));
  EXPECT_EQ(reply_to(200, "; charset=utf-8", "[1]").data(), json_of("[1]"));
}

TEST(Envelope, AnnouncedJsonThatIsNoneFails) {
  for (const char* body : {"{", "<html>", "{\"a\":}", "[1,]", "nul", "{} {}", " ", "'a'", "\"\xFF\"", "\"\\ud800\"",
                           "NaN", "\xEF\xBB\xBF"}) {
    const reply got = json_reply(body);
    ASSERT_FALSE(got) << body;
    EXPECT_EQ(got.error().code, error_code::external_api_error);
    EXPECT_EQ(got.error().number, 4001);
    EXPECT_EQ(got.error().status, 502);
    EXPECT_TRUE(got.error().retryable);
    EXPECT_EQ(got.error().details.at("error"), "invalid_json");
    EXPECT_EQ(got.error().details.at("status"), 200);
    EXPECT_EQ(got.call().status, 200);
  }
}

TEST(Envelope, BadJsonIsShownInPart) {
  const reply got = json_reply("<html>" + std::string(5000, 'x') + "</html>");
  const json::string& body = got.error().details.at("body").as_string();
  EXPECT_EQ(body.size(), 1024U);
  EXPECT_TRUE(body.starts_with("<html>xxx"));
  // A character of two bytes across the cut is left out.
  EXPECT_EQ(json_reply("<" + std::string(1022, 'x') + "\xC3\xB1").error().details.at("body").as_string().size(), 1023U);
}

TEST(Envelope, JsonMayBe512LevelsDeep) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_TRUE(json_reply(nested(512)));
  EXPECT_FALSE(json_reply(nested(513)));
  EXPECT_FALSE(json_reply(nested(1'000'000)));
  EXPECT_TRUE(reply_to(200, "", nested(513)).data().at("text").is_string());
}

TEST(Envelope, HeadersAreHandedOver) {
  incoming in = answer(200, "application/json", "1");
  in.headers.add("ETag", "\"x\"");
  const reply got = reply_from(std::move(in), "GET");
  EXPECT_EQ(got.headers().get("etag"), "\"x\"");
  EXPECT_EQ(got.headers().size(), 2U);
}

}  // namespace
}  // namespace enlace
