#include "client/gzip_writer.hpp"

#include <zlib.h>

#include <new>

namespace enlace {

class gzip_writer::state {
 public:
  state() {
    constexpr int window_and_gzip = 15 + 16;
    constexpr int memory = 8;
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window_and_gzip, memory, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  ~state() { deflateEnd(&stream); }

  z_stream stream{};
};

gzip_writer::gzip_writer() = default;
gzip_writer::~gzip_writer() = default;

std::string_view gzip_writer::of(std::string_view text) {
  if (state_ == nullptr) state_ = std::make_unique<state>();
  z_stream& stream = state_->stream;
  deflateReset(&stream);
  const std::size_t most = deflateBound(&stream, static_cast<uLong>(text.size()));
  if (made_.size() < most) made_.resize(most);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // NOLINT: zlib only reads it
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(made_.data());  // NOLINT: zlib's bytes are unsigned
  stream.avail_out = static_cast<uInt>(made_.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::bad_alloc();  // the bound was not one: can't be
  return std::string_view(made_).substr(0, stream.total_out);
}

}  // namespace enlace
