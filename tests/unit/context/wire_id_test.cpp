#include "context/wire_id.hpp"

#include <enlace/headers.hpp>
#include <enlace/url.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(WireId, PlainIdsAreSentAsTheyAre) {
  std::string buffer;
  const std::string_view id = "acme-7_!\"#$&'()*+,/:;<=>?@[]^`{|}~";
  EXPECT_EQ(encode_id(id, buffer).data(), id.data());
  EXPECT_EQ(encode_id("", buffer), "");
}

TEST(WireId, OtherBytesAndThePercentSignAreEncoded) {
  std::string buffer;
  EXPECT_EQ(encode_id("a b", buffer), "a%20b");
  EXPECT_EQ(encode_id("100%", buffer), "100%25");
  EXPECT_EQ(encode_id("a%20b", buffer), "a%2520b");
  EXPECT_EQ(encode_id("Z\xc3\xbc", buffer), "Z%C3%BC");
}

TEST(WireId, EveryByteComesBack) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  std::string buffer;
  const std::string_view encoded = encode_id(all, buffer);
  EXPECT_TRUE(is_header_value(encoded));
  EXPECT_EQ(percent_decode(encoded), all);
}

}  // namespace
}  // namespace enlace
