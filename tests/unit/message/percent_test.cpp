#include "message/percent.hpp"

#include <string>
#include <string_view>

#include <enlace/url.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(PercentEncode, LeavesTheUnreservedAlone) {
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode(""), "");
  EXPECT_EQ(percent_encode("a b/c?d=e&f+g%"), "a%20b%2Fc%3Fd%3De%26f%2Bg%25");
  EXPECT_EQ(percent_encode(std::string_view("\0\xFF\xC3\xA9", 4)), "%00%FF%C3%A9");
}

TEST(PercentDecode, UndoesEncodingAndLeavesBrokenTriplets) {
  EXPECT_EQ(percent_decode("a%20b%2fc%2F"), "a b/c/");
  EXPECT_EQ(percent_decode("%C3%a9"), "\xC3\xA9");
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz%4g%g4"), "%zz%4g%g4");
  EXPECT_EQ(percent_decode("%%41"), "%A");
  EXPECT_EQ(percent_decode("%2541"), "%41") << "once only";
  EXPECT_EQ(percent_decode("a+b"), "a+b");
}

TEST(PercentEncode, IsUndoneForEveryByte) {
  for (unsigned c = 0; c < 256; ++c) {
    const std::string text{'x', static_cast<char>(c), 'y'};
    EXPECT_EQ(percent_decode(percent_encode(text)), text);
  }
}

TEST(TripletValue, ReadsTwoHexadecimalDigits) {
  EXPECT_EQ(triplet_value("%00"), 0);
  EXPECT_EQ(triplet_value("%fFx"), 255);
  EXPECT_EQ(triplet_value("%aB"), 0xAB);
  for (const std::string_view text :
       {"", "%", "%1", "41", "x41", "%g0", "%0g", "%@0", "%`0", "%/0", "%:0", "% 0", "%-1"}) {
    EXPECT_EQ(triplet_value(text), -1) << text;
  }
}

TEST(AppendNormalised, EncodesWhatMayNotStand) {
  std::string out = ">";
  EXPECT_TRUE(append_normalised(out, "/a b%7e%2f?\"\\^`{|}[]<>\xC3\xA9%", url_byte::path));
  EXPECT_EQ(out, ">/a%20b~%2F%3F%22%5C%5E%60%7B%7C%7D%5B%5D%3C%3E%C3%A9%25");
  out.clear();
  EXPECT_TRUE(append_normalised(out, "a=?/:@!$&'()*+,;=#", url_byte::query));
  EXPECT_EQ(out, "a=?/:@!$&'()*+,;=%23");
  for (unsigned c = 0; c < 0x20; ++c) {
    const char control = static_cast<char>(c);
    EXPECT_FALSE(append_normalised(out, {&control, 1}, url_byte::path));
  }
  EXPECT_FALSE(append_normalised(out, "\x7F", url_byte::query));
}

TEST(AppendNormalised, ChangesNothingTheSecondTime) {
  for (unsigned a = 0x20; a < 256; ++a) {
    for (unsigned b = 0x20; b < 256; ++b) {
      if (a == 0x7F || b == 0x7F) continue;
      const std::string text{'%', static_cast<char>(a), static_cast<char>(b)};
      std::string once;
      std::string twice;
      ASSERT_TRUE(append_normalised(once, text, url_byte::path));
      ASSERT_TRUE(append_normalised(twice, once, url_byte::path));
      ASSERT_EQ(once, twice);
      ASSERT_EQ(percent_decode(once), percent_decode(text));
    }
  }
}

}  // namespace
}  // namespace enlace
