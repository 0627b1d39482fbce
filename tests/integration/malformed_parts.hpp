#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/random.hpp>

namespace enlace::test {

/// Numbers, choices and texts from one seed.
class dice {
 public:
  explicit dice(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_.below(bound)); }
  /// True once in `count` times.
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <std::size_t Size>
  std::string pick(const std::array<std::string_view, Size>& of) {
    return std::string(of[below(Size)]);
  }
  std::string text(std::size_t size, std::string_view letters) {
    std::string made;
    for (std::size_t i = 0; i < size; ++i) made += letters[below(letters.size())];
    return made;
  }
  std::string bytes(std::size_t size) {
    std::string made;
    for (std::size_t i = 0; i < size; ++i) made += static_cast<char>(below(256));
    return made;
  }

 private:
  random_source random_;
};

enum class framing : std::uint8_t { none, length, chunks, until_end };

/// A reply in the parts that damage is done to. Every line is without its end.
struct reply_parts {
  std::string method = "GET";
  std::vector<std::string> interim;  ///< whole heads
  std::string status_line;
  std::vector<std::string> fields;
  std::vector<std::string> chunks;  ///< each with its size line and ends, the last one and the trailers too
  std::string sent_body;            ///< as it is sent, where it is not chunked

  int status = 200;
  std::string body;  ///< as the caller gets it
  framing frame = framing::length;
  bool coded = false;
  bool persistent = true;

  [[nodiscard]] std::string head() const;
  [[nodiscard]] std::string wire() const;
};

/// One that is well-formed, with all the freedom that the grammar leaves.
[[nodiscard]] reply_parts make_parts(dice& random);

}  // namespace enlace::test
