#pragma once

#include <zlib.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace enlace::test {

enum class wrapper : std::uint8_t { gzip, zlib, raw };

inline std::string compress(std::string_view text, wrapper form, int level = 9) {
  const int bits = form == wrapper::gzip ? 16 + MAX_WBITS : form == wrapper::zlib ? MAX_WBITS : -MAX_WBITS;
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("zlib");
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string gzip(std::string_view text) { return compress(text, wrapper::gzip); }

/// "enlace " twenty times, in brotli.
inline std::string brotli_sample() {
  return {"\x1b\x8b\x00\xf8\x8d\x94\x6e\xde\xaa\x0e\x2b\x63\x73\x53\x20\x63\x11\x5b\x24\xf0\x7b\x14", 22};
}
inline std::string brotli_sample_text() {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "enlace ";
  return text;
}
/// 1 MiB of "a" in 14 bytes of brotli.
inline std::string brotli_bomb() { return {"\x5b\xff\xff\x8f\x5f\x22\x2c\x1e\x0b\x04\x72\xef\x1f\x00", 14}; }

}  // namespace enlace::test
