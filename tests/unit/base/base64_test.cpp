#include "base/base64.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

// RFC 4648, section 10.
TEST(Base64, GivesTheVectorsOfTheRfc) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foo"), "Zm9v");
  EXPECT_EQ(base64_encode("foob"), "Zm9vYg==");
  EXPECT_EQ(base64_encode("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
}

TEST(Base64, TakesEveryByte) {
  EXPECT_EQ(base64_encode(std::string_view("\0\0\0", 3)), "AAAA");
  EXPECT_EQ(base64_encode("\xFF\xFF\xFF"), "////");
  EXPECT_EQ(base64_encode("\xFB\xEF\xBE"), "++++");
  EXPECT_EQ(base64_encode("\xFF"), "/w==");
  EXPECT_EQ(base64_encode("\x80\x81"), "gIE=");
}

}  // namespace
}  // namespace enlace
