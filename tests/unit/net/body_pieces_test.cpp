#include "net/body_pieces.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(PieceFraming, MakesChunks) {
  piece_framing framing(std::nullopt);
  EXPECT_EQ(framing.add("hello"), "");
  EXPECT_EQ(framing.bytes(), "5\r\nhello\r\n");
  EXPECT_EQ(framing.add(std::string(300, 'x')), "");
  EXPECT_EQ(framing.bytes().substr(0, 5), "12c\r\n");
  EXPECT_FALSE(framing.ended());
  EXPECT_EQ(framing.add(""), "");
  EXPECT_EQ(framing.bytes(), "0\r\n\r\n");
  EXPECT_TRUE(framing.ended());
}

TEST(PieceFraming, KeepsToALength) {
  piece_framing framing(6);
  EXPECT_EQ(framing.add("abc"), "");
  EXPECT_EQ(framing.bytes(), "abc");
  EXPECT_FALSE(framing.ended());
  EXPECT_EQ(framing.add("def"), "");
  EXPECT_TRUE(framing.ended()) << "without another question";
  piece_framing too_little(6);
  EXPECT_EQ(too_little.add("abc"), "");
  EXPECT_NE(too_little.add(""), "");
  piece_framing too_much(2);
  EXPECT_NE(too_much.add("abc"), "");
}

}  // namespace
}  // namespace enlace
