#include "server/gzip_bomb.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <string_view>

namespace enlace {

namespace {

constexpr std::uint64_t blocks_a_piece = 64;

/// A block of zeros, deflated so that it may stand after itself: a full flush forgets what was before.
struct packed_block {
  packed_block() {
    const std::string zeros(gzip_bomb::block_bytes, '\0');
    crc = static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(zeros.data()),  // NOLINT
                                           static_cast<uInt>(zeros.size())));
    z_stream stream{};
    constexpr int raw_window = -15;
    constexpr int most_memory = 9;
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, raw_window, most_memory, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
    bytes.resize(deflateBound(&stream, static_cast<uLong>(zeros.size())));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zeros.data()));  // NOLINT: zlib does not write there
    stream.avail_in = static_cast<uInt>(zeros.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());  // NOLINT
    stream.avail_out = static_cast<uInt>(bytes.size());
    deflate(&stream, Z_FULL_FLUSH);
    bytes.resize(stream.total_out);
    deflateEnd(&stream);
  }

  std::string bytes;
  std::uint32_t crc = 0;
};

const packed_block& block() {
  static const packed_block made;
  return made;
}

void append_little_endian(std::string& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((value >> shift) & 0xFFU));
}

}  // namespace

std::string gzip_bomb::next() {
  using std::string_view_literals::operator""sv;
  std::string piece;
  if (at_ == part::over) return piece;
  if (at_ == part::head) piece.append("\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\xFF"sv);
  at_ = part::blocks;
  const std::uint64_t count = std::min(left_, blocks_a_piece);
  for (std::uint64_t i = 0; i < count; ++i) {
    piece.append(block().bytes);
    crc_ = static_cast<std::uint32_t>(crc32_combine(crc_, block().crc, static_cast<z_off_t>(block_bytes)));
  }
  left_ -= count;
  made_ += count * block_bytes;
  if (left_ == 0) {
    piece.append("\x03\x00"sv);  // an empty last block
    append_little_endian(piece, crc_);
    append_little_endian(piece, static_cast<std::uint32_t>(made_));
    at_ = part::over;
  }
  return piece;
}

}  // namespace enlace
