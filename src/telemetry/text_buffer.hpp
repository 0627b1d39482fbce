#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace enlace {

/// Text that is made of many small pieces, most of them literals, of which the compiler knows the size: several times
/// as fast as a string that is appended to.
class text_buffer {
 public:
  template <std::size_t Size>
  text_buffer& append(const char (&literal)[Size]) {
    std::memcpy(room(Size - 1), literal, Size - 1);
    size_ += Size - 1;
    return *this;
  }
  text_buffer& append(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    size_ += text.size();
    return *this;
  }
  text_buffer& push_back(char byte) {
    *room(1) = byte;
    ++size_;
    return *this;
  }
  /// Room for so many bytes, of which `took` says how many were written.
  [[nodiscard]] char* room(std::size_t bytes) {
    if (bytes_.size() - size_ < bytes) grow(bytes);
    return bytes_.data() + size_;
  }
  void took(std::size_t bytes) noexcept { size_ += bytes; }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// There must be one.
  [[nodiscard]] char back() const noexcept { return bytes_[size_ - 1]; }
  [[nodiscard]] std::string_view view() const noexcept { return std::string_view(bytes_).substr(0, size_); }
  /// Keeps its memory, unless that is more than so many bytes.
  void clear(std::size_t kept_most) {
    size_ = 0;
    if (bytes_.size() <= kept_most) return;
    bytes_.clear();
    bytes_.shrink_to_fit();
  }
  [[nodiscard]] std::string text() && {
    bytes_.resize(size_);
    size_ = 0;
    return std::move(bytes_);
  }

 private:
  void grow(std::size_t bytes) { bytes_.resize(2 * (size_ + bytes) + 256); }

  std::string bytes_;
  std::size_t size_ = 0;
};

}  // namespace enlace
