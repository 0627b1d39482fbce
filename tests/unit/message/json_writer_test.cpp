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

std::string written(const json::value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

std::string canonical(const json::value& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

std::string canonical_of(std::string_view text) { return canonical(parse_json(text).value()); }

// Not by operator+, of which g++ 12 warns without cause.
std::string key(int number) { return std::string("k").append(std::to_string(number)); }

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
  EXPECT_EQ(canonical(json::value(std::string_view("\0\n\x1F\x7F", 4))), "\"\\u0000\\n\\u001f\x7F\"");
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

TEST(AppendJson, KeepsTheOrderAndTheKindsOfNumbers) {
  EXPECT_EQ(written(object("b", 1, "a", array(1.0, -0.0, 0.7, 1e300, nullptr, true))),
            R"({"b":1,"a":[1.0,-0.0,0.7,1e+300,null,true]})");
  EXPECT_EQ(written(1764000000.123), "1764000000.123");
  EXPECT_EQ(written(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written(0x1p70), "1180591620717411303424.0");
  EXPECT_EQ(written(array(nan_number, infinity, -infinity)), "[null,null,null]");
  EXPECT_EQ(written(object()), "{}");
  EXPECT_EQ(written(array()), "[]");
  EXPECT_EQ(written(object("", array(array(), object("a", "")))), R"({"":[[],{"a":""}]})");
  std::string out = "data: ";
  append_json(out, 1);
  EXPECT_EQ(out, "data: 1");
}

TEST(AppendJson, EscapesAtEveryPlaceInABlock) {
  for (unsigned c = 0; c < 256; ++c) {
    const bool ascii = c < 0x80;
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, ' ');
      text.replace(at, 1,
                   ascii ? std::string(1, static_cast<char>(c))
                         : std::string("\xC2").append(1, static_cast<char>(0x80 | (c & 0x3F))));
      const std::string out = written(json::value(text));
      ASSERT_EQ(parse_json(out).value(), json::value(text)) << c << " at " << at;
      const bool escaped = c < 0x20 || c == '"' || c == '\\';
      ASSERT_EQ(out.size() > text.size() + 2, escaped) << c << " at " << at;
    }
  }
  EXPECT_EQ(written("\b\f\n\r\t\"\\/"), R"("\b\f\n\r\t\"\\/")");
  EXPECT_EQ(written("\x01\x1F"), R"("\u0001\u001f")");
}

TEST(AppendJson, ReadsBackAsItWas) {
  random_source random(6);
  for (int i = 0; i < 300; ++i) {
    const json::value made = random_value(random, 3);
    const result<json::value> read = parse_json(written(made));
    ASSERT_TRUE(read);
    ASSERT_EQ(*read, made);
    ASSERT_EQ(json::serialize(*read), json::serialize(made)) << "doubles stay doubles";
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
