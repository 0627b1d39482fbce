#include "base/utf8.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, AcceptsWellFormedText) {
  for (const std::string_view text :
       {""sv, "a"sv, "plain ASCII of more than eight bytes"sv, "\0"sv, "\x7F"sv, "\xC2\x80"sv, "\xDF\xBF"sv,
        "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv, "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv,
        "\xF4\x8F\xBF\xBF"sv, "1234567\xC3\xA9"sv, "12345678\xC3\xA9 9"sv, "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"sv}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
    EXPECT_EQ(to_valid_utf8(text), text);
  }
}

struct damaged {
  std::string_view text;
  std::size_t good;
  std::string_view repaired;
};

// A macro, as literals are joined by it.
#define FFFD "\xEF\xBF\xBD"

TEST(Utf8, ReplacesEachMaximalSubpart) {
  const damaged cases[] = {
      {"\x80"sv, 0, FFFD},
      {"\xFF"sv, 0, FFFD},
      {"a\x80z"sv, 1, "a" FFFD "z"},
      {"\xC0\xAF"sv, 0, FFFD FFFD},                    // overlong '/'
      {"\xC1\xBF"sv, 0, FFFD FFFD},                    // overlong
      {"\xE0\x80\x80"sv, 0, FFFD FFFD FFFD},           // overlong
      {"\xED\xA0\x80"sv, 0, FFFD FFFD FFFD},           // surrogate
      {"\xF0\x8F\xBF\xBF"sv, 0, FFFD FFFD FFFD FFFD},  // overlong
      {"\xF4\x90\x80\x80"sv, 0, FFFD FFFD FFFD FFFD},  // past U+10FFFF
      {"\xF5\x80\x80\x80"sv, 0, FFFD FFFD FFFD FFFD},
      {"\xC3"sv, 0, FFFD},
      {"12345678\xE2\x82"sv, 8, "12345678" FFFD},  // cut off
      {"\xE2\x82"sv, 0, FFFD},
      {"\xE2\x82z"sv, 0, FFFD "z"},
      {"\xF0\x9F\x98"sv, 0, FFFD},
      {"\xF0\x9F\x98\xC3\xA9"sv, 0, FFFD "\xC3\xA9"},
      {"\xC3\xA9\xC3(\xC3\xA9"sv, 2, "\xC3\xA9" FFFD "(\xC3\xA9"},
      // Unicode 15, table 3-8.
      {"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"sv, 1, "a" FFFD FFFD FFFD "b" FFFD "c" FFFD FFFD "d"},
  };
  for (const damaged& each : cases) {
    EXPECT_EQ(valid_utf8_prefix(each.text), each.good) << each.repaired;
    EXPECT_FALSE(is_valid_utf8(each.text));
    EXPECT_EQ(to_valid_utf8(each.text), each.repaired);
  }
}

// A broken character may lie anywhere in a block of eight.
TEST(Utf8, FindsTheFaultAtEveryOffset) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'x');
    text[at] = '\xC3';
    EXPECT_EQ(valid_utf8_prefix(text), at);
    if (at + 1 < text.size()) {
      text[at + 1] = '\xA9';
      EXPECT_TRUE(is_valid_utf8(text));
    }
  }
}

TEST(Utf8, WhatIsRepairedIsValidForAllPairsOfBytes) {
  for (unsigned high = 0; high < 256; ++high) {
    for (unsigned low = 0; low < 256; ++low) {
      const std::string text{static_cast<char>(high), static_cast<char>(low), 'z'};
      const std::string repaired = to_valid_utf8(text);
      ASSERT_TRUE(is_valid_utf8(repaired));
      ASSERT_EQ(repaired == text, is_valid_utf8(text));
      ASSERT_EQ(repaired.back(), 'z');
    }
  }
}

}  // namespace
}  // namespace enlace
