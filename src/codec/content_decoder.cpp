#include "codec/content_decoder.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

#include <brotli/decode.h>
#include <enlace/headers.hpp>

#include "codec/comma_list.hpp"

namespace enlace {
namespace {

class zlib_layer final : public content_decoder::layer {
 public:
  explicit zlib_layer(bool gzip) : gzip_(gzip) {
    if (gzip_) open(16 + MAX_WBITS);
  }
  ~zlib_layer() override {
    if (open_) inflateEnd(&stream_);
  }

  bool step(std::string_view& in, char* out, std::size_t room, std::size_t& made) override {
    made = 0;
    touched_ = touched_ || !in.empty();
    if (!open_) {
      if (in.empty()) return true;
      open(window_bits_of(in.front()));
    }
    while (made < room) {
      const std::size_t left = in.size();
      std::size_t more = 0;
      if (!inflate_some(in, out + made, room - made, more)) return false;
      made += more;
      if (in.empty() || (more == 0 && in.size() == left)) break;
    }
    return in.empty() || made == room;
  }

  [[nodiscard]] bool complete() const noexcept override { return ended_ || !touched_; }

 private:
  void open(int window_bits) {
    if (inflateInit2(&stream_, window_bits) != Z_OK) throw std::bad_alloc();
    open_ = true;
  }

  /// zlib's first byte has the method, 8, in its low half. No raw stream begins so: its first block would be a stored
  /// one with padding that isn't zero.
  static int window_bits_of(char first) noexcept { return (first & 0x0F) == 8 ? MAX_WBITS : -MAX_WBITS; }

  bool inflate_some(std::string_view& in, char* out, std::size_t room, std::size_t& made) {
    if (ended_) {
      if (in.empty()) return true;
      // A gzip file is one member after another (RFC 1952, 2.2); nothing may follow the other formats.
      if (!gzip_ || inflateReset(&stream_) != Z_OK) return false;
      ended_ = false;
    }
    const auto given = static_cast<uInt>(std::min<std::size_t>(in.size(), 1U << 30));
    // zlib doesn't write through next_in; its type is not const for the sake of old C.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = given;
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    in.remove_prefix(given - stream_.avail_in);
    made = room - stream_.avail_out;
    ended_ = result == Z_STREAM_END;
    return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
  }

  z_stream stream_{};
  bool gzip_;
  bool open_ = false;
  bool ended_ = false;
  bool touched_ = false;
};

class brotli_layer final : public content_decoder::layer {
 public:
  brotli_layer() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {
    if (!state_) throw std::bad_alloc();
  }

  bool step(std::string_view& in, char* out, std::size_t room, std::size_t& made) override {
    made = 0;
    touched_ = touched_ || !in.empty();
    if (ended_) return in.empty();
    std::size_t available = in.size();
    auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    std::size_t left = room;
    auto* next_out = reinterpret_cast<std::uint8_t*>(out);
    const auto result = BrotliDecoderDecompressStream(state_.get(), &available, &next_in, &left, &next_out, nullptr);
    if (result == BROTLI_DECODER_RESULT_ERROR) return false;
    in.remove_prefix(in.size() - available);
    made = room - left;
    ended_ = result == BROTLI_DECODER_RESULT_SUCCESS;
    return in.empty() || made == room;
  }

  [[nodiscard]] bool complete() const noexcept override { return ended_ || !touched_; }

 private:
  struct destroy {
    void operator()(BrotliDecoderState* state) const noexcept { BrotliDecoderDestroyInstance(state); }
  };
  std::unique_ptr<BrotliDecoderState, destroy> state_;
  bool ended_ = false;
  bool touched_ = false;
};

}  // namespace

void content_decoder::add(content_coding coding) {
  if (coding == content_coding::br) {
    layers_.push_back(std::make_unique<brotli_layer>());
  } else {
    layers_.push_back(std::make_unique<zlib_layer>(coding == content_coding::gzip));
  }
}

content_decoder::listing content_decoder::add_all(std::string_view content_encoding, std::string_view accept_encoding) {
  listing found = listing::ok;
  for_each_element(content_encoding, [&](std::string_view coding) {
    if (found == listing::not_accepted || equals_ignoring_case(coding, "identity")) return;
    const auto known = content_coding_named(coding);
    if (!accepts_coding(accept_encoding, coding)) {
      found = listing::not_accepted;
    } else if (!known || layers_.size() == max_layers) {
      found = listing::unknown;
    } else if (found == listing::ok) {
      add(*known);
    }
  });
  return found;
}

content_decoder::outcome content_decoder::feed(std::string_view bytes, std::string& out) {
  return undo(layers_.size(), bytes, out);
}

/// Undoes the first `count` layers, the last added first.
content_decoder::outcome content_decoder::undo(std::size_t count, std::string_view bytes, std::string& out) {
  if (count == 0) {
    out.append(bytes);
    return outcome::ok;
  }
  layer& top = *layers_[count - 1];
  std::array<char, 8192> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): only what `step` wrote is read
  std::size_t made = 0;
  do {
    if (!top.step(bytes, piece.data(), piece.size(), made)) return outcome::corrupt;
    top.total_made += made;
    if (top.total_made > max_bytes_) return outcome::too_large;
    const outcome below = undo(count - 1, {piece.data(), made}, out);
    if (below != outcome::ok) return below;
  } while (!bytes.empty() || made == piece.size());
  return outcome::ok;
}

content_decoder::outcome content_decoder::finish() const noexcept {
  const bool all = std::all_of(layers_.begin(), layers_.end(), [](const auto& one) { return one->complete(); });
  return all ? outcome::ok : outcome::corrupt;
}

}  // namespace enlace
