#include "base/serialisable.hpp"

#include <limits>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

namespace json = boost::json;

TEST(Serialisable, ReplacesWhatJsonCannotSay) {
  json::object inner;
  inner["k\xC3"] = json::array{"\xC3\xB1", "\xC3"};
  json::object value;
  value["ok"] = 1;
  value["bad\xFF"] = "x\xFF";
  value["numbers"] =
      json::array{1.5, std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()};
  value["inner"] = inner;
  make_serialisable(value);

  json::object sound;
  sound["k\xEF\xBF\xBD"] = json::array{"\xC3\xB1", "\xEF\xBF\xBD"};
  json::object expected;
  expected["ok"] = 1;
  expected["bad\xEF\xBF\xBD"] = "x\xEF\xBF\xBD";
  expected["numbers"] = json::array{1.5, nullptr, nullptr};
  expected["inner"] = sound;
  EXPECT_EQ(value, expected);
}

TEST(Serialisable, KeepsTheOrder) {
  json::object value;
  value["z"] = 1;
  value["a\xFF"] = 2;
  value["m"] = 3;
  make_serialisable(value);
  EXPECT_EQ(value.begin()->key(), "z");
  EXPECT_EQ((value.end() - 1)->key(), "m");
}

}  // namespace
}  // namespace enlace
