#include "codec/chunk_reader.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using outcome = chunk_reader::outcome;

class collector final : public chunk_reader::sink {
 public:
  bool take_chunk(std::uint64_t size) override {
    sizes += std::to_string(size) + ' ';
    return size != refused_size;
  }
  bool take_body(std::string_view piece) override {
    body += piece;
    return piece != refused_piece;
  }
  std::string sizes;
  std::string body;
  std::uint64_t refused_size = 0;
  std::string refused_piece = "no such";
};

/// Steps until it wants more or is over.
outcome run(chunk_reader& reader, std::string_view& bytes) {
  outcome last = outcome::progress;
  while (last == outcome::progress && !bytes.empty()) {
    std::size_t used = 0;
    last = reader.step(bytes, used);
    bytes.remove_prefix(used);
  }
  return last;
}

outcome run_whole(collector& to, std::string_view bytes, std::size_t max_line = 1000) {
  chunk_reader reader(to, max_line);
  return run(reader, bytes);
}

TEST(ChunkReader, GivesTheChunksAndStopsBehindTheTrailers) {
  collector to;
  chunk_reader reader(to, 1000);
  std::string_view bytes = "3\r\nabc\r\n10;x=y\r\n0123456789abcdef\r\n0\r\nA: b\r\n\r\nnext";
  EXPECT_EQ(run(reader, bytes), outcome::done);
  EXPECT_EQ(bytes, "next");
  EXPECT_EQ(to.sizes, "3 16 ");
  EXPECT_EQ(to.body, "abc0123456789abcdef");
}

TEST(ChunkReader, TakesNothingOfWhatIsIncomplete) {
  for (const std::string_view start : {"0", "0\r", "0\r\n", "0\r\n\r", "3", "3\r", "3;a", "00\r\n", "0;a\r\n\r"}) {
    collector to;
    chunk_reader reader(to, 1000);
    std::size_t used = 7;
    EXPECT_EQ(reader.step(start, used), outcome::need_more) << start;
    EXPECT_EQ(used, 0U) << start;
  }
}

TEST(ChunkReader, ReadsTheShortestBodyByteByByte) {
  const std::string_view bytes = "0\r\n\r\n";
  collector to;
  chunk_reader reader(to, 1000);
  std::size_t used = 0;
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_EQ(reader.step(bytes.substr(0, size), used), outcome::need_more);
  }
  EXPECT_EQ(reader.step(bytes, used), outcome::done);
  EXPECT_EQ(used, bytes.size());
}

TEST(ChunkReader, StopsWhereTheSinkSaysSo) {
  collector sizes;
  sizes.refused_size = 4;
  EXPECT_EQ(run_whole(sizes, "3\r\nabc\r\n4\r\nabcd\r\n0\r\n\r\n"), outcome::stopped);
  EXPECT_EQ(sizes.body, "abc");
  collector pieces;
  pieces.refused_piece = "abc";
  EXPECT_EQ(run_whole(pieces, "3\r\nabc\r\n4\r\nabcd\r\n0\r\n\r\n"), outcome::stopped);
  EXPECT_EQ(pieces.sizes, "3 ");
}

TEST(ChunkReader, HoldsEachLineToTheLimit) {
  collector to;
  const std::string long_line = "1;a=" + std::string(40, 'x') + "\r\ny\r\n0\r\n\r\n";
  EXPECT_EQ(run_whole(to, long_line, 46), outcome::done);
  EXPECT_EQ(run_whole(to, long_line, 45), outcome::too_large);
  EXPECT_EQ(run_whole(to, long_line.substr(0, 46), 45), outcome::too_large);
  EXPECT_EQ(run_whole(to, "1\r\nx\r\n" + long_line, 45), outcome::too_large);
  const std::string trailers = "0\r\nA: " + std::string(40, 'x') + "\r\n\r\n";
  EXPECT_EQ(run_whole(to, trailers, trailers.size()), outcome::done);
  EXPECT_EQ(run_whole(to, trailers, trailers.size() - 1), outcome::too_large);
  EXPECT_EQ(run_whole(to, "400\r\n" + std::string(1024, 'x') + "\r\n0\r\n\r\n", 10), outcome::done);
}

TEST(ChunkReader, RefusesWhatIsNoChunk) {
  for (const std::string_view bytes : {"g\r\n", "-1\r\nx\r\n", "1\r\nxy\r\n0\r\n\r\n", "1 x\r\n",
                                       "1;a=\"\x01\"\r\nx\r\n", "0\r\nA: b\r\n c\r\n\r\n", "0\r\nno colon\r\n\r\n"}) {
    collector to;
    EXPECT_EQ(run_whole(to, bytes), outcome::malformed) << bytes;
  }
}

}  // namespace
}  // namespace enlace
