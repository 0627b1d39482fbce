// Module: cache
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace enlace {

/// An id that can tell two cached answers apart.
enum class cache_id : std::uint8_t { tenant = 1, agent = 2, conversation = 4, collection = 8 };

[[nodiscard]] std::string_view name_of(cache_id id) noexcept;
/// "tenant", "agent", "conversation" or "collection".
[[nodiscard]] std::optional<cache_id> cache_id_named(std::string_view name) noexcept;

/// Which ids of a call are part of its cache key. The tenant always is, whatever the scope says.
class cache_scope {
 public:
  /// All four.
  constexpr cache_scope() noexcept = default;
  /// The tenant and the given ones.
  constexpr cache_scope(std::initializer_list<cache_id> ids) noexcept : bits_(bit(cache_id::tenant)) {
    for (const cache_id id : ids) add(id);
  }

  constexpr void add(cache_id id) noexcept { bits_ = static_cast<std::uint8_t>(bits_ | bit(id)); }
  [[nodiscard]] constexpr bool has(cache_id id) const noexcept { return (bits_ & bit(id)) != 0; }
  friend constexpr bool operator==(cache_scope, cache_scope) noexcept = default;

 private:
  static constexpr std::uint8_t bit(cache_id id) noexcept { return static_cast<std::uint8_t>(id); }
  std::uint8_t bits_ = 15;
};

/// The memory tier of the cache. Aggregates like this serve as construction-time options only.
struct cache_options {
  /// What all entries together may take, in bytes, their bookkeeping included. Zero: nothing is stored.
  std::uint64_t max_bytes = 64ULL << 20;
  /// The part of `max_bytes` that one tenant may hold: more than 0, at most 1. An answer larger than that is not
  /// stored.
  double tenant_share = 0.5;
};

}  // namespace enlace
