#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/content_coding.hpp"

namespace enlace {

/// Undoes the codings of a body, piece by piece. Layers may lie on each other, and every layer's output is held to the
/// limit, so that neither memory nor time goes into a compression bomb. Not thread-safe.
class content_decoder {
 public:
  enum class outcome : std::uint8_t {
    ok,
    corrupt,    ///< not what the coding makes, bytes after its end, or (from `finish`) cut off
    too_large,  ///< a layer gave more than the limit
  };

  /// What `add_all` found in a list of codings.
  enum class listing : std::uint8_t {
    ok,
    unknown,       ///< accepted by the request, but one of them is not known here, or there are too many
    not_accepted,  ///< the request did not accept one of them
  };
  static constexpr std::size_t max_layers = 4;

  /// One undoing of one coding.
  class layer {
   public:
    layer() = default;
    layer(const layer&) = delete;
    layer& operator=(const layer&) = delete;
    virtual ~layer() = default;
    /// Takes from the front of `in`, writes at most `room` bytes to `out` and says in `made` how many. It takes all
    /// of `in` unless `out` became full. False: corrupt.
    virtual bool step(std::string_view& in, char* out, std::size_t room, std::size_t& made) = 0;
    /// Whether the coded data is complete, or there was none at all: an empty body needs no coding.
    [[nodiscard]] virtual bool complete() const noexcept = 0;

    std::uint64_t total_made = 0;
  };

  explicit content_decoder(std::uint64_t max_bytes) noexcept : max_bytes_(max_bytes) {}

  /// Adds a coding in the order in which they were applied, which is the order of `Content-Encoding`.
  void add(content_coding coding);
  /// Adds what a `Content-Encoding` lists (`identity` is nothing), if all of it is known and accepted by the request's
  /// `Accept-Encoding`.
  listing add_all(std::string_view content_encoding, std::string_view accept_encoding);
  [[nodiscard]] std::size_t layers() const noexcept { return layers_.size(); }

  /// Decodes `bytes` and appends what comes of it to `out`. After anything but `ok` the decoder is of no more use.
  outcome feed(std::string_view bytes, std::string& out);
  /// At the end of the body: whether it was complete.
  [[nodiscard]] outcome finish() const noexcept;

 private:
  outcome undo(std::size_t count, std::string_view bytes, std::string& out);

  std::uint64_t max_bytes_;
  std::vector<std::unique_ptr<layer>> layers_;
};

}  // namespace enlace
