#include "config/toml_reader.hpp"

#include <string>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using type = raw_value::type;

const raw_value& member(const raw_value& table, std::string_view name) {
  for (const raw_entry& entry : table.members) {
    if (entry.name == name) return entry.value;
  }
  static const raw_value none;
  ADD_FAILURE() << "no member " << name;
  return none;
}

TEST(TomlReader, KeepsTypesAndLines) {
  const raw_value document = *read_toml(R"(
text = "a"
yes = true
count = -3
share = 0.5
when = 2026-01-01
list = ["x", 1]

[table]
inner = { a = 1 }
)");
  EXPECT_EQ(document.is, type::table);
  EXPECT_EQ(member(document, "text").text, "a");
  EXPECT_TRUE(member(document, "yes").boolean);
  EXPECT_EQ(member(document, "count").integer, -3);
  EXPECT_EQ(member(document, "share").number, 0.5);
  EXPECT_EQ(member(document, "when").is, type::moment);
  EXPECT_EQ(member(document, "list").items.size(), 2U);
  EXPECT_EQ(member(document, "list").items[1].is, type::integer);
  EXPECT_EQ(member(member(member(document, "table"), "inner"), "a").integer, 1);
  EXPECT_EQ(member(document, "share").line, 5);
  EXPECT_EQ(member(member(document, "table"), "inner").line, 10);
}

TEST(TomlReader, SaysWhereATextStopsBeingToml) {
  EXPECT_EQ(read_toml("a = 1\nb = ").error().line, 2);
  EXPECT_EQ(read_toml("a = 1\na = 2").error().line, 2);
  EXPECT_EQ(read_toml("[a").error().line, 1);
  EXPECT_FALSE(read_toml("a = 1\nb = ").error().what.empty());
  EXPECT_FALSE(read_toml("a = \"\xff\""));
  EXPECT_FALSE(read_toml(std::string("a\0 = 1", 6)));
}

TEST(TomlReader, ReadsWindowsAndMarkedTexts) {
  const raw_value document = *read_toml(
      "\xef\xbb\xbf"
      "a = 1\r\nb = 2\r\n");
  EXPECT_EQ(member(document, "b").line, 2);
  EXPECT_TRUE(read_toml("")->members.empty());
}

TEST(TomlReader, RefusesDeepNesting) {
  EXPECT_FALSE(read_toml("a = " + std::string(100'000, '[')));
  std::string tables;
  for (int i = 0; i < 10'000; ++i) tables += "{a=";
  EXPECT_FALSE(read_toml("a = " + tables));
}

}  // namespace
}  // namespace enlace
