// Any bytes, split in any way, must give the decoder the same events as in one piece, and the same as a reader that
// goes by the letter of the standard. Input: a byte for the limit, a byte to seed the splitting, then the stream.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "codec/sse_decoder.hpp"
#include "fuzz/decode_split.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace enlace;
using test::require;

/// The HTML standard, 9.2.6, step by step and on the decoded stream; without a limit.
class letter_reader {
 public:
  explicit letter_reader(std::string_view stream) {
    std::string text = to_valid_utf8(stream);
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '\r' && text[at] != '\n') continue;
      take_line(text.substr(begin, at - begin));
      if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
      begin = at + 1;
    }
  }

  test::decoded_stream out;
  std::string last_id;
  std::uint64_t comments = 0;

 private:
  void take_line(const std::string& line) {
    if (line.empty()) {
      dispatch();
      return;
    }
    const std::size_t colon = line.find(':');
    if (colon == 0) ++comments;
    const std::string name = line.substr(0, colon);
    std::string value = colon == std::string::npos ? std::string() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.erase(0, 1);
    if (name == "event") type_ = value;
    if (name == "data") data_ += value + '\n';
    if (name == "id" && value.find('\0') == std::string::npos) id_ = value;
  }
  void dispatch() {
    last_id = id_;
    if (!data_.empty()) {
      data_.pop_back();
      test::note(out, type_.empty() ? "message" : type_);
      test::note(out, data_);
      test::note(out, last_id);
      ++out.events;
    }
    data_.clear();
    type_.clear();
  }

  std::string data_;
  std::string type_;
  std::string id_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 2, size - 2);
  // Even: more than there can be.
  const bool limited = (data[0] & 1U) != 0;
  const std::size_t limit = limited ? data[0] : stream.size();

  sse_decoder decoder(limit);
  const test::decoded_stream whole = test::decode_in_pieces(decoder, stream, stream.size());
  require(limited || !whole.too_large, "too large, but no larger than the limit");
  if (!limited) {
    const letter_reader letter(stream);
    require(whole == letter.out, "other events than by the letter", whole.text + " / " + letter.out.text);
    require(decoder.last_event_id() == letter.last_id, "another last event id", letter.last_id);
    require(decoder.comments() == letter.comments, "another number of comments");
  }
  const auto check_split = [&](std::size_t piece, const char* what) {
    sse_decoder other(limit);
    const test::decoded_stream split = test::decode_in_pieces(other, stream, piece, data[1]);
    require(split == whole, what, split.text + " / " + whole.text);
    require(other.last_event_id() == decoder.last_event_id(), "another last event id");
    require(other.retry() == decoder.retry(), "another time to wait");
    require(whole.too_large || other.comments() == decoder.comments(), "another number of comments");
    require(whole.too_large || other.between_events() == decoder.between_events(), "elsewhere in the stream");
  };
  check_split(0, "split at random it gives others");
  if (stream.size() < 4096) check_split(1, "byte by byte it gives others");

  decoder.reset();
  require(decoder.between_events(), "a reset leaves something");
  return 0;
}
