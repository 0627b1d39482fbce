#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/serialize.hpp>
#include <enlace/json.hpp>
#include <enlace/random.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

std::string nested(std::size_t depth, std::string_view open, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text.append(open);
  for (std::size_t i = 0; i < depth; ++i) text.append(close);
  return text;
}

TEST(MakeObject, TakesKeysAndValuesInTurn) {
  const json::object made = object("text", std::string("hi"), "top_k", 5, "exact", true, "none", nullptr);
  EXPECT_EQ(json::serialize(made), R"({"text":"hi","top_k":5,"exact":true,"none":null})");
  EXPECT_TRUE(object().empty());
  EXPECT_EQ(json::serialize(object("a", 1, "a", 2)), R"({"a":2})");
  EXPECT_EQ(
      json::serialize(object("in", object("list", array(1, "two", object("three", 3)), "v", std::vector<int>{1, 2}))),
      R"({"in":{"list":[1,"two",{"three":3}],"v":[1,2]}})");
  EXPECT_EQ(json::serialize(array()), "[]");
}

TEST(ParseJson, ReadsEveryKind) {
  for (const std::string_view text :
       {"null", "true", "false", "0", "-1", "18446744073709551615", "-9223372036854775808", R"("")",
        R"("\u0000\u00e9\ud83d\ude00\n")", "[]", "{}", R"([1,[2,{"a":[]}]])", " \t\r\n{\"a\" : 1 , \"b\":[ ] } \r\n"}) {
    EXPECT_TRUE(parse_json(text)) << text;
  }
  EXPECT_EQ(parse_json(R"({"a": [1, 2.5, "x", null, true]})").value(),
            json::value(object("a", array(1, 2.5, "x", nullptr, true))));
  EXPECT_EQ(parse_json("18446744073709551615").value().as_uint64(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_json("-9223372036854775808").value().as_int64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parse_json(R"("\ud83d\ude00")").value(), json::value("\xF0\x9F\x98\x80"));
  EXPECT_EQ(parse_json(R"({"a":1,"a":2})").value(), json::value(object("a", 2)));
}

TEST(ParseJson, ReadsStringsAndKeysThatAreLongOrEscapedInParts) {
  std::string text(10000, 'x');
  text += "\n\"";
  text += std::string(10000, 'y');
  json::object made;
  made[text] = text;
  EXPECT_EQ(parse_json(json::serialize(made)).value(), json::value(made));
}

struct broken {
  std::string_view text;
  std::size_t offset;
};

TEST(ParseJson, SaysWhereItIsWrong) {
  const broken cases[] = {
      {"", 0},           {" ", 1},         {"{", 1},        {"[1,]", 3},
      {"{\"a\":1,}", 7}, {"{\"a\" 1}", 5}, {"{a:1}", 1},    {"nul", 3},
      {"nulL", 0},       {"NaN", 0},       {"Infinity", 0}, {"-", 1},
      {"+1", 0},         {"01", 1},        {"1.", 2},       {".5", 0},
      {"1e", 2},         {"'a'", 0},       {"\"a", 2},      {"\"\n\"", 1},
      {"\"\\x\"", 2},    {"1 2", 2},       {"{} x", 3},     {"[1] // no", 4},
      {"// no\n1", 0},   {"1e999", 5},     {"[-1e999]", 7}, {"[1e99999999999]", 12},
  };
  for (const broken& each : cases) {
    const result<json::value> read = parse_json(each.text);
    ASSERT_FALSE(read) << each.text;
    EXPECT_EQ(read.error().code, error_code::validation_error);
    EXPECT_EQ(read.error().details.at("offset"), json::value(each.offset)) << each.text << ": " << read.error().message;
    EXPECT_NE(read.error().message.find("byte " + std::to_string(each.offset)), std::string::npos);
  }
}

TEST(ParseJson, RefusesWhatIsNotUtf8) {
  for (const char* text : {"\"\x80\"", "\"\xC3(\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\\ud800\"",
                           "\"\\udc00\"", "\"\\ud800\\u0041\"", "{\"\xFF\":1}"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
}

TEST(ParseJson, GoesDown512LevelsAndNoFurther) {
  EXPECT_TRUE(parse_json(nested(512, "[", "]")));
  EXPECT_FALSE(parse_json(nested(513, "[", "]")));
  std::string objects = nested(511, "{\"a\":", "}");
  objects.insert(objects.find('}'), "{}");
  EXPECT_TRUE(parse_json(objects));
  EXPECT_FALSE(parse_json(std::string(10'000'000, '[')));
}

TEST(ParseJson, ReadsDoublesToTheLastPlace) {
  random_source random(11);
  for (int i = 0; i < 20000; ++i) {
    char text[64];
    const double number = std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(400)) - 200);
    std::snprintf(text, sizeof text, "%.*g", static_cast<int>(1 + random.below(20)), number);
    if (std::string_view(text).find_first_of(".e") == std::string_view::npos) continue;
    const json::value read = parse_json(text).value();
    ASSERT_TRUE(read.is_double()) << text;
    ASSERT_EQ(read.get_double(), std::strtod(text, nullptr)) << text;
  }
  EXPECT_EQ(parse_json("1.7976931348623157e308").value().as_double(), std::numeric_limits<double>::max());
  EXPECT_EQ(parse_json("-1.7976931348623157e308").value().as_double(), std::numeric_limits<double>::lowest());
  EXPECT_EQ(parse_json("5e-324").value().as_double(), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(parse_json("1e-999").value().as_double(), 0.0);
  EXPECT_EQ(parse_json("[-1e-999]").value().at(0).as_double(), 0.0);
  EXPECT_EQ(parse_json("123456789012345678901234567890").value().as_double(), 123456789012345678901234567890.0);
  EXPECT_EQ(parse_json("0.1234567890123456").value().as_double(), 0.1234567890123456);
  EXPECT_EQ(parse_json("-0.12345678901234").value().as_double(), -0.12345678901234);
  EXPECT_EQ(parse_json("9007199254740993.0").value().as_double(), 9007199254740992.0);
  EXPECT_EQ(parse_json("9007199254740993.000000001").value().as_double(), 9007199254740994.0);
}

}  // namespace
}  // namespace enlace
