#pragma once

#include <cstdint>
#include <string>

namespace enlace {

/// A gzip file (RFC 1952) of zeros in a thousandth of their size, made piece by piece.
class gzip_bomb {
 public:
  static constexpr std::uint64_t block_bytes = 1ULL << 20;

  /// Of that many MiB, at least 1.
  explicit gzip_bomb(std::uint64_t mib) noexcept : left_(mib) {}

  /// The next piece, of about 64 KiB; empty when all is made.
  [[nodiscard]] std::string next();

 private:
  enum class part : std::uint8_t { head, blocks, over };

  std::uint64_t left_;
  std::uint64_t made_ = 0;
  std::uint32_t crc_ = 0;
  part at_ = part::head;
};

}  // namespace enlace
