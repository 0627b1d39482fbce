// Module: message
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace enlace {

/// HTTP header fields in the order in which they came. Names compare without regard to case (RFC 9110, 5.1).
/// All text lies in one buffer, so a message's headers cost two allocations. Copyable; not thread-safe.
/// Views stay valid until the next change.
class headers {
 public:
  struct field {
    std::string_view name;
    std::string_view value;
  };
  class iterator;

  /// Appends a field, even if one of that name is there.
  void add(std::string_view name, std::string_view value);
  /// Replaces every field of that name by this one, which keeps the first one's place.
  void set(std::string_view name, std::string_view value);
  /// Removes every field of that name; says how many there were.
  std::size_t erase(std::string_view name);
  void clear() noexcept;
  void reserve(std::size_t fields, std::size_t bytes);

  /// The first field's value of that name.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept;
  /// All values of that name joined with ", " (RFC 9110, 5.2); empty when there is none.
  [[nodiscard]] std::string joined(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const noexcept { return get(name).has_value(); }

  [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
  [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }
  [[nodiscard]] field operator[](std::size_t index) const noexcept;
  [[nodiscard]] iterator begin() const noexcept;
  [[nodiscard]] iterator end() const noexcept;

 private:
  struct extent {
    std::uint32_t offset;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  [[nodiscard]] std::size_t find(std::string_view name) const noexcept;
  void remove(std::size_t index);

  std::string text_;
  std::vector<extent> fields_;
};

class headers::iterator {
 public:
  using value_type = field;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::forward_iterator_tag;
  using reference = field;
  using pointer = void;

  iterator() = default;
  iterator(const headers* owner, std::size_t index) noexcept : owner_(owner), index_(index) {}
  field operator*() const noexcept { return (*owner_)[index_]; }
  iterator& operator++() noexcept {
    ++index_;
    return *this;
  }
  iterator operator++(int) noexcept {
    iterator old = *this;
    ++index_;
    return old;
  }
  friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.index_ == b.index_; }

 private:
  const headers* owner_ = nullptr;
  std::size_t index_ = 0;
};

inline headers::iterator headers::begin() const noexcept { return {this, 0}; }
inline headers::iterator headers::end() const noexcept { return {this, fields_.size()}; }

/// Whether `a` and `b` are equal but for ASCII case.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;
/// Whether `text` is a token (RFC 9110, 5.6.2): a legal header name or method.
[[nodiscard]] bool is_token(std::string_view text) noexcept;
/// Whether `text` may stand as a header value: no CR, LF, NUL or other control but tab.
[[nodiscard]] bool is_header_value(std::string_view text) noexcept;

}  // namespace enlace
