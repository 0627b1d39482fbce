// Any bytes, split in any way, must give the decoder the same lines as in one piece, and the same as splitting at each
// LF. Input: a byte for the limit, a byte to seed the splitting, then the stream.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "codec/ndjson_decoder.hpp"
#include "fuzz/decode_split.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace enlace;
using test::require;

test::decoded_stream by_the_letter(std::string_view stream, std::size_t limit) {
  test::decoded_stream out;
  for (bool first = true; !stream.empty(); first = false) {
    const std::size_t size = stream.find('\n');
    std::string_view line = stream.substr(0, size);
    stream.remove_prefix(size == std::string_view::npos ? stream.size() : size + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > limit) {
      out.too_large = true;
      return out;
    }
    if (first && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    test::note(out, "");
    test::note(out, line);
    test::note(out, "");
    ++out.events;
  }
  return out;
}

test::decoded_stream decode(std::string_view stream, std::size_t limit, std::size_t piece, std::uint64_t seed) {
  ndjson_decoder decoder(limit);
  test::decoded_stream out = test::decode_in_pieces(decoder, stream, piece, seed);
  const bool open = !decoder.between_events();
  const decoded last = decoder.finish();
  require((last == decoded::too_large) == out.too_large, "another end than before");
  require(last != decoded::event || open, "a last line out of nothing");
  require(decoder.finish() != decoded::event, "a last line twice");
  if (last == decoded::event) {
    test::note(out, "");
    test::note(out, decoder.event().data);
    test::note(out, "");
    ++out.events;
  }
  decoder.reset();
  require(decoder.between_events(), "a reset leaves something");
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t limit = (data[0] & 1U) != 0 ? data[0] : stream.size();
  const test::decoded_stream wanted = by_the_letter(stream, limit);
  const auto check = [&](std::size_t piece, const char* what) {
    const test::decoded_stream got = decode(stream, limit, piece, data[1]);
    require(got == wanted, what, got.text + " / " + wanted.text);
  };
  check(stream.size(), "other lines than by the letter");
  check(0, "split at random it gives others");
  if (stream.size() < 4096) check(1, "byte by byte it gives others");
  return 0;
}
