#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <enlace/cache_options.hpp>
#include <enlace/headers.hpp>
#include <enlace/json.hpp>

namespace enlace {

/// What a cached answer is filed under: a 128-bit hash.
class cache_key {
 public:
  constexpr cache_key() noexcept = default;
  constexpr cache_key(std::uint64_t high, std::uint64_t low) noexcept : high_(high), low_(low) {}

  [[nodiscard]] constexpr std::uint64_t high() const noexcept { return high_; }
  [[nodiscard]] constexpr std::uint64_t low() const noexcept { return low_; }
  friend constexpr auto operator<=>(const cache_key&, const cache_key&) noexcept = default;

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

/// The seed of keys that never leave the process: random, the same for the life of the process, so that nobody
/// outside can prepare collisions.
[[nodiscard]] std::uint64_t process_cache_seed() noexcept;

/// Makes a key from parts (XXH3, 128 bits). Every part goes in with its length, so "ab", "c" and "a", "bc" differ.
/// Not thread-safe.
class cache_key_builder {
 public:
  explicit cache_key_builder(std::uint64_t seed = process_cache_seed());

  cache_key_builder& add(std::string_view part);
  /// A part that may be missing; missing and empty differ.
  cache_key_builder& add_optional(std::optional<std::string_view> part);
  /// Equal values are equal parts, whatever the order of their keys.
  cache_key_builder& add_json(const json::value& value);
  /// The key of the parts so far.
  [[nodiscard]] cache_key finish() const noexcept;

 private:
  std::uint64_t seed_;
  std::string text_;
};

/// All that tells one call's answer from another's. Views must live until `key_for` returns.
struct cache_key_parts {
  /// As sent, upper case where it is a standard one.
  std::string_view method;
  std::string_view url;
  /// Null when the call has none.
  const json::value* data = nullptr;
  /// A raw body and its type.
  std::optional<std::string_view> body;
  std::string_view content_type;
  /// The ids as sent; empty where none is.
  std::string_view tenant;
  std::string_view agent;
  std::string_view conversation;
  std::string_view collection;
  cache_scope scope;
  std::string_view authorization;
  /// The request's fields, and the names of those that count.
  const headers* fields = nullptr;
  std::span<const std::string> vary;
};

[[nodiscard]] cache_key key_for(const cache_key_parts& parts, std::uint64_t seed = process_cache_seed());

}  // namespace enlace

template <>
struct std::hash<enlace::cache_key> {
  /// The key is a hash already.
  std::size_t operator()(const enlace::cache_key& key) const noexcept { return key.low(); }
};
