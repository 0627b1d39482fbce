#include "server/gzip_bomb.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "codec/content_decoder.hpp"

namespace enlace {
namespace {

struct bang {
  std::string packed;
  std::size_t pieces = 0;
};

bang all_of(gzip_bomb bomb) {
  bang made;
  for (std::string piece = bomb.next(); !piece.empty(); piece = bomb.next()) {
    made.packed += piece;
    ++made.pieces;
  }
  return made;
}

TEST(GzipBomb, UnpacksToZerosOfTheSizeAskedFor) {
  for (const std::uint64_t mib : {1U, 3U, 65U}) {
    const bang made = all_of(gzip_bomb(mib));
    content_decoder decoder(mib * gzip_bomb::block_bytes);
    decoder.add(content_coding::gzip);
    std::string zeros;
    ASSERT_EQ(decoder.feed(made.packed, zeros), content_decoder::outcome::ok) << mib;
    EXPECT_EQ(decoder.finish(), content_decoder::outcome::ok) << mib;
    EXPECT_EQ(zeros.size(), mib * gzip_bomb::block_bytes);
    EXPECT_EQ(std::ranges::count(zeros, '\0'), static_cast<std::ptrdiff_t>(zeros.size()));
    EXPECT_LT(made.packed.size(), zeros.size() / 900);
  }
}

TEST(GzipBomb, ComesInPieces) {
  EXPECT_EQ(all_of(gzip_bomb(64)).pieces, 1U);
  EXPECT_EQ(all_of(gzip_bomb(65)).pieces, 2U);
  EXPECT_EQ(all_of(gzip_bomb(4096)).pieces, 64U);
}

}  // namespace
}  // namespace enlace
