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

constexpr double nan_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::string canonical(const json::value& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

std::string canonical_of(std::string_view text) { return canonical(parse_json(text).value()); }

std::string nested(std::size_t depth, std::string_view open, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text.append(open);
  for (std::size_t i = 0; i < depth; ++i) text.append(close);
  return text;
}

// Not by operator+, of which g++ 12 warns without cause.
std::string key(int number) { return std::string("k").append(std::to_string(number)); }

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

TEST(AppendCanonical, SortsKeysAtEveryLevel) {
  EXPECT_EQ(canonical_of(R"({"b": {"z": 1, "a": [ {"y":2,"x":3} ]}, "a": null, "": true})"),
            R"({"":true,"a":null,"b":{"a":[{"x":3,"y":2}],"z":1}})");
  EXPECT_EQ(canonical_of(R"({"aa":1,"a":2,"B":3,"b":4})"), R"({"B":3,"a":2,"aa":1,"b":4})");
  EXPECT_EQ(canonical_of("{\"\xC3\xA9\":1,\"z\":2}"), "{\"z\":2,\"\xC3\xA9\":1}");
  EXPECT_EQ(canonical_of("[2,1]"), "[2,1]") << "the order of a list means something";
  EXPECT_EQ(canonical_of("{}"), "{}");
  EXPECT_EQ(canonical_of("[]"), "[]");
}

TEST(AppendCanonical, SortsObjectsOfManyKeys) {
  for (const int count : {15, 16, 17, 100}) {
    json::object forward;
    json::object backward;
    for (int i = 0; i < count; ++i) {
      forward[key(i)] = i;
      backward[key(count - 1 - i)] = count - 1 - i;
    }
    EXPECT_EQ(canonical(forward), canonical(backward));
    EXPECT_EQ(parse_json(canonical(forward)).value(), json::value(forward));
  }
}

TEST(AppendCanonical, GivesEqualNumbersOneForm) {
  const std::pair<json::value, std::string> cases[] = {
      {0, "0"},
      {-0.0, "0"},
      {1, "1"},
      {1.0, "1"},
      {std::uint64_t{1}, "1"},
      {-1.0, "-1"},
      {0.1, "0.1"},
      {-2.5, "-2.5"},
      {1e15, "1000000000000000"},
      {9007199254740993, "9007199254740993"},
      {9007199254740992.0, "9007199254740992"},
      {std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
      {-0x1p63, "-9223372036854775808"},
      {0x1p63, "9223372036854775808"},
      {std::uint64_t{1} << 63, "9223372036854775808"},
      {std::numeric_limits<std::uint64_t>::max(), "18446744073709551615"},
      {0x1p64, "18446744073709551616"},
      {1e300, "1e+300"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {0.1 + 0.2, "0.30000000000000004"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(canonical(value), text);
  EXPECT_EQ(canonical_of("[1.0, 1, 1e0, 10e-1]"), "[1,1,1,1]");
  EXPECT_NE(canonical(json::value(1)), canonical(json::value("1")));
  EXPECT_NE(canonical(json::value(1)), canonical(json::value(true)));
}

TEST(AppendCanonical, EscapesStrings) {
  EXPECT_EQ(canonical(json::value("a\"b\\c/d")), R"("a\"b\\c/d")");
  EXPECT_EQ(canonical(json::value(std::string_view("\0\n\x1F\x7F", 4))), "\"\\u0000\\u000a\\u001f\x7F\"");
  EXPECT_EQ(canonical(json::value("\xF0\x9F\x98\x80")), "\"\xF0\x9F\x98\x80\"");
  EXPECT_EQ(canonical_of(R"({"a\"":"\u0041"})"), R"({"a\"":"A"})");
  EXPECT_EQ(canonical_of(R"("")"), R"("")");
}

/// A random value of all kinds.
json::value random_value(random_source& random, int depth) {
  switch (random.below(depth > 0 ? 8 : 6)) {
    case 0:
      return nullptr;
    case 1:
      return random.below(2) == 0;
    case 2:
      return static_cast<std::int64_t>(random.next());
    case 3:
      return random.next();
    case 4:
      return std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(2000)) - 1000);
    case 5: {
      std::string text;
      for (std::uint64_t i = random.below(20); i > 0; --i) text.push_back(static_cast<char>(random.below(128)));
      return json::value(text);
    }
    case 6: {
      json::array list;
      for (std::uint64_t i = random.below(6); i > 0; --i) list.push_back(random_value(random, depth - 1));
      return list;
    }
    default: {
      json::object members;
      for (std::uint64_t i = random.below(30); i > 0; --i) {
        members[key(static_cast<int>(random.below(1000)))] = random_value(random, depth - 1);
      }
      return members;
    }
  }
}

TEST(AppendCanonical, IsJsonOfTheSameMeaning) {
  random_source random(5);
  for (int i = 0; i < 300; ++i) {
    const json::value made = random_value(random, 3);
    const std::string text = canonical(made);
    const result<json::value> read = parse_json(text);
    ASSERT_TRUE(read) << text;
    ASSERT_EQ(canonical(*read), text);
    // Through the ordinary serialiser and back: the canonical text does not depend on the spelling.
    ASSERT_EQ(canonical_of(json::serialize(made)), text);
  }
}

TEST(HasNonFinite, LooksEverywhere) {
  for (const double wrong : {nan_number, infinity, -infinity}) {
    EXPECT_TRUE(has_non_finite(json::value(wrong)));
    EXPECT_TRUE(has_non_finite(json::value(array(1, wrong))));
    EXPECT_TRUE(has_non_finite(json::value(object("a", object("b", array(array(wrong)))))));
  }
  EXPECT_FALSE(has_non_finite(parse_json(R"({"a":[1,2.5,"NaN",null,{"b":1e308}],"c":true})").value()));
  EXPECT_FALSE(has_non_finite(json::value()));
}

}  // namespace
}  // namespace enlace
