#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <enlace/headers.hpp>
#include <enlace/random.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::string_view_literals;
using pairs = std::vector<std::pair<std::string, std::string>>;

pairs all(const headers& of) {
  pairs seen;
  for (const headers::field at : of) seen.emplace_back(at.name, at.value);
  return seen;
}

TEST(Headers, KeepFieldsInOrderWithDuplicates) {
  headers made;
  EXPECT_TRUE(made.empty());
  EXPECT_EQ(made.begin(), made.end());
  made.add("Set-Cookie", "a=1");
  made.add("X-Empty", "");
  made.add("set-cookie", "b=2");
  EXPECT_EQ(made.size(), 3U);
  EXPECT_EQ(all(made), (pairs{{"Set-Cookie", "a=1"}, {"X-Empty", ""}, {"set-cookie", "b=2"}}));
  EXPECT_EQ(made[2].name, "set-cookie");
  EXPECT_EQ(made[2].value, "b=2");
}

TEST(Headers, FindWithoutRegardToCase) {
  headers made;
  made.add("Content-Type", "text/plain");
  made.add("X-A", "1");
  made.add("x-a", "2");
  EXPECT_EQ(made.get("content-type"), "text/plain"sv);
  EXPECT_EQ(made.get("CONTENT-TYPE"), "text/plain"sv);
  EXPECT_EQ(made.get("X-A"), "1"sv);
  EXPECT_EQ(made.get("Content-Typ"), std::nullopt);
  EXPECT_EQ(made.get("Content-Typf"), std::nullopt);
  EXPECT_EQ(made.get(""), std::nullopt);
  EXPECT_TRUE(made.contains("x-A"));
  EXPECT_FALSE(made.contains("x-b"));
}

TEST(Headers, JoinAllValuesOfAName) {
  headers made;
  made.add("Accept", "a");
  made.add("Other", "x");
  made.add("accept", "");
  made.add("ACCEPT", "c");
  EXPECT_EQ(made.joined("Accept"), "a, , c");
  EXPECT_EQ(made.joined("Other"), "x");
  EXPECT_EQ(made.joined("None"), "");
}

TEST(Headers, SetReplacesAllAndKeepsTheFirstPlace) {
  headers made;
  made.add("A", "1");
  made.add("B", "2");
  made.add("a", "3");
  made.add("C", "4");
  made.add("b", "5");
  made.set("b", "a much longer value than before");
  EXPECT_EQ(all(made), (pairs{{"A", "1"}, {"b", "a much longer value than before"}, {"a", "3"}, {"C", "4"}}));
  made.set("B", "");
  EXPECT_EQ(all(made), (pairs{{"A", "1"}, {"B", ""}, {"a", "3"}, {"C", "4"}}));
  made.set("A", "11");
  EXPECT_EQ(all(made), (pairs{{"A", "11"}, {"B", ""}, {"C", "4"}}));
  made.set("D", "new");
  EXPECT_EQ(all(made), (pairs{{"A", "11"}, {"B", ""}, {"C", "4"}, {"D", "new"}}));
}

TEST(Headers, EraseRemovesAllAndCountsThem) {
  headers made;
  for (const auto& [name, value] : pairs{{"A", "1"}, {"B", "2"}, {"a", "3"}, {"C", "4"}}) made.add(name, value);
  EXPECT_EQ(made.erase("none"), 0U);
  EXPECT_EQ(made.erase("A"), 2U);
  EXPECT_EQ(all(made), (pairs{{"B", "2"}, {"C", "4"}}));
  EXPECT_EQ(made.erase("c"), 1U);
  EXPECT_EQ(made.erase("b"), 1U);
  EXPECT_TRUE(made.empty());
  made.add("Z", "9");
  EXPECT_EQ(all(made), (pairs{{"Z", "9"}}));
  made.clear();
  EXPECT_TRUE(made.empty());
  EXPECT_EQ(made.get("Z"), std::nullopt);
}

// What is passed in may be a view of the very headers that change.
TEST(Headers, TakeViewsOfThemselves) {
  headers made;
  made.add("First", "the value of the first field");
  for (int i = 0; i < 100; ++i) made.add(made[0].name, made[0].value);
  for (const headers::field at : made) {
    EXPECT_EQ(at.name, "First");
    EXPECT_EQ(at.value, "the value of the first field");
  }
  made.add("Second", "2");
  made.set("Second", *made.get("First"));
  EXPECT_EQ(made.get("Second"), "the value of the first field"sv);
  made.set(made[made.size() - 1].name, made[0].value.substr(4, 5));
  EXPECT_EQ(made.get("Second"), "value"sv);
  made.set("First", *made.get("Second"));
  EXPECT_EQ(all(made), (pairs{{"First", "value"}, {"Second", "value"}}));
  EXPECT_EQ(made.erase(made[0].name), 1U);
  EXPECT_EQ(all(made), (pairs{{"Second", "value"}}));
}

TEST(Headers, CopiesAndMovesAreTheirOwn) {
  headers made;
  made.add("A", "1");
  headers copy = made;
  copy.set("A", "2");
  EXPECT_EQ(made.get("A"), "1"sv);
  const headers moved = std::move(copy);
  EXPECT_EQ(moved.get("A"), "2"sv);
}

// Against a plain list of pairs.
TEST(Headers, BehaveAsAListWouldUnderRandomChanges) {
  random_source random(17);
  const auto name = [&random] {
    return std::string(1, static_cast<char>((random.below(2) ? 'a' : 'A') + random.below(5)));
  };
  const auto same = [](const std::string& a, const std::string& b) { return (a[0] | 0x20) == (b[0] | 0x20); };
  for (int round = 0; round < 200; ++round) {
    headers made;
    pairs model;
    for (int step = 0; step < 60; ++step) {
      const std::string key = name();
      const std::string value(random.below(40), static_cast<char>('0' + step % 10));
      const auto matches = [&](const auto& each) { return same(each.first, key); };
      switch (random.below(4)) {
        case 0: {
          EXPECT_EQ(made.erase(key), std::erase_if(model, matches));
          break;
        }
        case 1: {
          made.set(key, value);
          const auto first = std::find_if(model.begin(), model.end(), matches);
          if (first == model.end()) {
            model.emplace_back(key, value);
          } else {
            *first = {key, value};
            model.erase(std::remove_if(first + 1, model.end(), matches), model.end());
          }
          break;
        }
        default:
          made.add(key, value);
          model.emplace_back(key, value);
      }
      ASSERT_EQ(all(made), model);
    }
  }
}

TEST(EqualsIgnoringCase, FoldsLettersOnly) {
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_TRUE(equals_ignoring_case("X-Tenant-ID", "x-tenant-id"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      const auto lower = [](unsigned c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
      const char x = static_cast<char>(a);
      const char y = static_cast<char>(b);
      ASSERT_EQ(equals_ignoring_case({&x, 1}, {&y, 1}), lower(a) == lower(b)) << a << " " << b;
    }
  }
}

TEST(IsToken, TakesTheCharactersOfTheRfcOnly) {
  const std::string_view legal = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  EXPECT_TRUE(is_token(legal));
  EXPECT_FALSE(is_token(""));
  for (unsigned c = 0; c < 256; ++c) {
    const std::string text{'a', static_cast<char>(c)};
    EXPECT_EQ(is_token(text), legal.find(static_cast<char>(c)) != std::string_view::npos) << c;
  }
}

TEST(IsHeaderValue, RefusesControlsButTab) {
  EXPECT_TRUE(is_header_value(""));
  for (unsigned c = 0; c < 256; ++c) {
    const std::string text{'a', static_cast<char>(c), 'b'};
    EXPECT_EQ(is_header_value(text), c == '\t' || (c >= 0x20 && c != 0x7F)) << c;
  }
}

}  // namespace
}  // namespace enlace
