#include "codec/content_coding.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "codec/comma_list.hpp"

namespace enlace {
namespace {

std::vector<std::string> elements(std::string_view list) {
  std::vector<std::string> out;
  for_each_element(list, [&](std::string_view element) { out.emplace_back(element); });
  return out;
}

TEST(CommaList, GivesTrimmedElementsThatAreNotEmpty) {
  using strings = std::vector<std::string>;
  EXPECT_EQ(elements(""), strings{});
  EXPECT_EQ(elements(" ,\t, ,"), strings{});
  EXPECT_EQ(elements("a"), strings{"a"});
  EXPECT_EQ(elements("a,b"), (strings{"a", "b"}));
  EXPECT_EQ(elements(" a b ,, \tc\t"), (strings{"a b", "c"}));
}

TEST(ContentCoding, KnowsThoseItCanUndo) {
  EXPECT_EQ(content_coding_named("gzip"), content_coding::gzip);
  EXPECT_EQ(content_coding_named("X-GZip"), content_coding::gzip);
  EXPECT_EQ(content_coding_named("Deflate"), content_coding::deflate);
  EXPECT_EQ(content_coding_named("BR"), content_coding::br);
  for (const std::string_view name : {"", "zstd", "compress", "identity", "gzip2", "b"}) {
    EXPECT_FALSE(content_coding_named(name)) << name;
  }
}

TEST(ContentCoding, AcceptsWhatIsListed) {
  EXPECT_TRUE(accepts_coding(accepted_codings, "gzip"));
  EXPECT_TRUE(accepts_coding(accepted_codings, "x-gzip"));
  EXPECT_TRUE(accepts_coding(accepted_codings, "BR"));
  EXPECT_FALSE(accepts_coding(accepted_codings, "zstd"));
  EXPECT_FALSE(accepts_coding("", "gzip"));
  EXPECT_FALSE(accepts_coding("identity", "gzip"));
  EXPECT_TRUE(accepts_coding("zstd;q=0.1", "zstd"));
}

TEST(ContentCoding, WeightZeroAsksForNothing) {
  for (const std::string_view list : {"gzip;q=0", "gzip; q=0.000", "gzip ;Q=0.0", "*, gzip;q=0", "gzip;q=0, *"}) {
    EXPECT_FALSE(accepts_coding(list, "gzip")) << list;
  }
  for (const std::string_view list : {"gzip;q=1", "gzip;q=0.001", "*;q=0, gzip", "gzip;level=0"}) {
    EXPECT_TRUE(accepts_coding(list, "gzip")) << list;
  }
}

TEST(ContentCoding, AStarStandsForAllThatAreNotListed) {
  EXPECT_TRUE(accepts_coding("*", "br"));
  EXPECT_FALSE(accepts_coding("*;q=0", "br"));
  EXPECT_TRUE(accepts_coding("gzip;q=0, *;q=0.5", "br"));
}

}  // namespace
}  // namespace enlace
