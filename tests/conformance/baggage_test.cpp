// The W3C's own tests of baggage (w3c/baggage), restated as data.
#include <string>
#include <vector>

#include <enlace/baggage.hpp>
#include <enlace/url.hpp>
#include <gtest/gtest.h>

#include "conformance/cases.hpp"

namespace enlace {
namespace {

namespace json = boost::json;

std::optional<json::value> cases() { return test::conformance_cases("facts/baggage.json"); }

std::string text_of(const json::value& value) { return json::value_to<std::string>(value); }

/// A property as the cases have it: its value decoded, null when there is none.
json::object property_of(const std::string& property) {
  const std::size_t equals = property.find('=');
  json::object made;
  made["key"] = property.substr(0, equals);
  made["value"] =
      equals == std::string::npos ? json::value() : json::value(percent_decode(property.substr(equals + 1)));
  return made;
}

json::array entries_of(const std::string& header) {
  json::array made;
  for (const baggage_entry& entry : parse_baggage(header)) {
    json::array properties;
    for (const std::string& property : entry.properties) properties.push_back(property_of(property));
    made.push_back(json::object{{"key", entry.key}, {"value", entry.value}, {"properties", std::move(properties)}});
  }
  return made;
}

TEST(BaggageConformance, Parse) {
  const auto all = cases();
  if (!all) GTEST_SKIP() << "no conformance cases on this machine";
  for (const json::value& one : all->at("parse").as_array()) {
    EXPECT_EQ(json::value(entries_of(text_of(one.at("header")))), one.at("entries")) << one.at("id");
  }
}

TEST(BaggageConformance, Serialise) {
  const auto all = cases();
  if (!all) GTEST_SKIP() << "no conformance cases on this machine";
  for (const json::value& one : all->at("serialise").as_array()) {
    std::vector<baggage_entry> entries;
    entries.emplace_back(text_of(one.at("key")), text_of(one.at("value")));
    // Octets that need no encoding may be sent either way: what counts is that both say the same.
    const std::string header = format_baggage(entries);
    EXPECT_EQ(entries_of(header), entries_of(text_of(one.at("out")))) << header;
    EXPECT_EQ(parse_baggage(header).at(0).value, text_of(one.at("value")));
  }
}

TEST(BaggageConformance, Limits) {
  if (!cases()) GTEST_SKIP() << "no conformance cases on this machine";
  std::string members;
  for (int i = 0; i < 64; ++i) members.append(i == 0 ? "key" : ",key").append(std::to_string(i)).append("=value");
  EXPECT_EQ(limit_baggage(members), members);
  EXPECT_EQ(limit_baggage(members + ",key64=value"), members);
  std::string long_one = "a=";
  for (int i = 0; i < 819; ++i) long_one.append("0123456789");
  ASSERT_EQ(long_one.size(), 8192U);
  EXPECT_EQ(limit_baggage(long_one), long_one);
  EXPECT_EQ(limit_baggage(long_one + ",b=1"), long_one);
}

}  // namespace
}  // namespace enlace
