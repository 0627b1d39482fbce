#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace enlace::test {

/// A fuzzer's input, taken apart from the front. What is missing is zero or empty.
class fuzz_input {
 public:
  fuzz_input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
  std::uint8_t byte() noexcept {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  /// The next `count` bytes as a number, the most significant first.
  std::uint64_t number(std::size_t count) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8U | byte();
    return value;
  }
  std::string_view bytes(std::size_t count) noexcept {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  /// What stands before the next `end`, which is dropped; else all the rest.
  std::string_view until(char end) noexcept {
    const std::string_view taken = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(std::min(taken.size() + 1, rest_.size()));
    return taken;
  }
  std::string_view rest() noexcept { return bytes(rest_.size()); }

 private:
  std::string_view rest_;
};

}  // namespace enlace::test
