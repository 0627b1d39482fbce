#include "message/text.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/utf8.hpp"

namespace enlace {
namespace {

TEST(Text, AsciiIsSeenAtEveryPlace) {
  EXPECT_TRUE(is_ascii(""));
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      EXPECT_TRUE(is_ascii(text));
      text[at] = '\x80';
      EXPECT_FALSE(is_ascii(text)) << size << ' ' << at;
    }
  }
}

TEST(Text, EveryLatin1ByteIsACharacter) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  const std::string text = utf8_from_latin1(all);
  EXPECT_EQ(text.size(), 128U + 2 * 128U);
  EXPECT_TRUE(is_valid_utf8(text));
  EXPECT_EQ(utf8_from_latin1("\x80\xBF\xC0\xFF"), "\xC2\x80\xC2\xBF\xC3\x80\xC3\xBF");
}

TEST(Text, MarkIsTakenOffOnce) {
  EXPECT_EQ(without_bom("\xEF\xBB\xBFx"), "x");
  EXPECT_EQ(without_bom("\xEF\xBB\xBF\xEF\xBB\xBF"), "\xEF\xBB\xBF");
  EXPECT_EQ(without_bom("\xEF\xBB"), "\xEF\xBB");
  EXPECT_EQ(without_bom(""), "");
}

TEST(Text, ExcerptIsCutBetweenCharacters) {
  const std::string text = "a\xC3\xB1\xE2\x82\xAC\xF0\x9F\x98\x80z";  // 1 + 2 + 3 + 4 + 1 bytes
  const std::size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (std::size_t limit = 0; limit < std::size(expected); ++limit) {
    EXPECT_EQ(excerpt(text, limit), text.substr(0, expected[limit])) << limit;
  }
}

TEST(Text, ExcerptStaysWithinItsLimitWhenItRepairs) {
  for (std::size_t limit = 0; limit < 40; ++limit) {
    const std::string got = excerpt(std::string(100, '\xFF'), limit);
    EXPECT_LE(got.size(), limit);
    EXPECT_TRUE(is_valid_utf8(got));
    EXPECT_LE(excerpt(std::string(100, '\x80'), limit).size(), limit);
  }
}

TEST(Text, ExcerptHasNoControls) {
  EXPECT_EQ(excerpt("a\tb\r\nc", 100), "a b  c");
  EXPECT_EQ(excerpt(std::string("\0\x01\x1B\x1F\x7Fz", 6), 100), "z");
  EXPECT_EQ(excerpt("\xC2\x80\xC2\x9F\xC2\xA0", 100), "\xC2\xA0");
  EXPECT_EQ(excerpt("\xC2", 100), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace enlace
