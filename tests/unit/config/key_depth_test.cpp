#include "config/key_depth.hpp"

#include <string>

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(KeyDepth, FindsTheLineOfADeepKey) {
  EXPECT_EQ(line_of_deep_key("a.b.c = 1", 3), 0);
  EXPECT_EQ(line_of_deep_key("a.b.c = 1", 2), 1);
  EXPECT_EQ(line_of_deep_key("# first\n[a.b]\nc.d.e = 1", 2), 3);
  EXPECT_EQ(line_of_deep_key("[a . b . c]", 2), 1);
  EXPECT_EQ(line_of_deep_key("x = { a.b.c = 1 }", 2), 1);
  EXPECT_EQ(line_of_deep_key("", 2), 0);
}

TEST(KeyDepth, CountsQuotedParts) {
  EXPECT_EQ(line_of_deep_key("\"a\".'b'.\"c.d\" = 1", 2), 1);
  EXPECT_EQ(line_of_deep_key("\"a.b.c.d\" = 1", 2), 0);
  EXPECT_EQ(line_of_deep_key("'a.b.c.d' = 1", 2), 0);
}

TEST(KeyDepth, LooksPastTextsAndComments) {
  EXPECT_EQ(line_of_deep_key("a = \"1.2.3.4\"", 2), 0);
  EXPECT_EQ(line_of_deep_key("a = \"x\\\"1.2.3.4\"", 2), 0);
  EXPECT_EQ(line_of_deep_key("a = '1.2.3.4' # 1.2.3.4", 2), 0);
  EXPECT_EQ(line_of_deep_key("a = \"\"\"\n1.2.3.4\n\"x\" 1.2.3\n\"\"\"\nb.c.d = 1", 2), 5);
  EXPECT_EQ(line_of_deep_key("a = '''\n1.2.3.4\\'''\nb.c.d = 1", 2), 3);
  EXPECT_EQ(line_of_deep_key("a = \"\"\"x\"\"\"\"\nb.c.d = 1", 2), 2);
}

TEST(KeyDepth, CountsEachKeyForItself) {
  EXPECT_EQ(line_of_deep_key("a.b = 1\nc.d = 2\n[e.f]\ng.h = 3.5", 2), 0);
  EXPECT_EQ(line_of_deep_key("a = [1.5, 2.5, 3.5]", 2), 0);
}

TEST(KeyDepth, EndsAtUnfinishedTexts) {
  EXPECT_EQ(line_of_deep_key("a = \"", 2), 0);
  EXPECT_EQ(line_of_deep_key("a = \"\\", 2), 0);
  EXPECT_EQ(line_of_deep_key("a = \"\"\"", 2), 0);
  EXPECT_EQ(line_of_deep_key("a = \"x\nb.c.d = 1", 2), 2);
  EXPECT_EQ(line_of_deep_key("#", 2), 0);
}

TEST(KeyDepth, TakesTimeInProportionToTheText) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "'\n";
  EXPECT_EQ(line_of_deep_key(text, 2), 0);
}

}  // namespace
}  // namespace enlace
