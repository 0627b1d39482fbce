#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/random.hpp>

#include "codec/decoded.hpp"
#include "fuzz/require.hpp"

namespace enlace::test {

/// What a decoder of a stream made of all its bytes.
struct decoded_stream {
  std::string text;  ///< each event's parts, with their sizes before them
  std::size_t events = 0;
  bool too_large = false;
  bool operator==(const decoded_stream&) const = default;
};

inline void note(decoded_stream& to, std::string_view part) {
  to.text.append(std::to_string(part.size())).append(1, ':').append(part);
}

/// Hands a piece of bytes to the decoder until it took all of it.
template <class Decoder>
void decode_piece(Decoder& decoder, std::string_view piece, decoded_stream& to) {
  // A copy of its own, so that a sanitizer sees a read beyond it, and a view kept into an older one.
  const std::vector<char> own(piece.begin(), piece.end());
  std::string_view bytes(own.data(), own.size());
  while (true) {
    const std::size_t before = bytes.size();
    const decoded got = decoder.next(bytes);
    const bool at_the_end = bytes.data() + bytes.size() == own.data() + own.size();
    require(bytes.empty() || (bytes.size() <= before && at_the_end), "took bytes from elsewhere than the front");
    if (got != decoded::event) {
      require(bytes.empty(), "left bytes that it did not take");
      require(!to.too_large || got == decoded::too_large, "goes on after an event that was too large");
      to.too_large = got == decoded::too_large;
      return;
    }
    require(bytes.size() < before, "an event of nothing");
    require(!to.too_large, "an event after one that was too large");
    note(to, decoder.event().type);
    note(to, decoder.event().data);
    note(to, decoder.event().id);
    ++to.events;
  }
}

/// Decodes `bytes` in pieces of `size`; of random sizes where that is 0.
template <class Decoder>
decoded_stream decode_in_pieces(Decoder& decoder, std::string_view bytes, std::size_t size, std::uint64_t seed = 0) {
  decoded_stream out;
  random_source random(seed);
  while (!bytes.empty()) {
    const std::size_t next = size != 0 ? size : random.below(random.below(4) == 0 ? 300 : 12);
    decode_piece(decoder, bytes.substr(0, next), out);
    bytes.remove_prefix(next < bytes.size() ? next : bytes.size());
  }
  return out;
}

}  // namespace enlace::test
