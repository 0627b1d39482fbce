#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace enlace {

struct cache_tags;
struct cache_filter;

/// Tags as entries keep them: hashes of the names. A collision invalidates too much, never too little.
struct tag_hashes {
  explicit tag_hashes(const cache_tags& tags) noexcept;

  std::uint32_t service;
  std::uint32_t operation;
  std::uint32_t collection;
};

/// A filter without its tenant.
class tag_filter {
 public:
  tag_filter() = default;
  explicit tag_filter(const cache_filter& filter) noexcept;

  [[nodiscard]] bool matches(const tag_hashes& tags) const noexcept {
    return (!service_ || *service_ == tags.service) && (!operation_ || *operation_ == tags.operation) &&
           (!collection_ || *collection_ == tags.collection);
  }

 private:
  std::optional<std::uint32_t> service_, operation_, collection_;
};

/// Remembers invalidations for the sake of fills in flight, in bounded memory: the last ones exactly, older ones only
/// as "something of this tenant", with tenants told apart by a few bits of hash.
/// `now`, both of them, from any thread; the rest under the owner's lock.
class invalidation_log {
 public:
  /// How many invalidations there have been.
  [[nodiscard]] std::uint64_t now() const noexcept { return epoch_.load(std::memory_order_acquire); }
  /// How many there had been at the tenant's last one; an early enough ticket for all that is asked for now.
  [[nodiscard]] std::uint64_t now(std::string_view tenant) const noexcept;

  /// Returns the new count, which is the first ticket that this invalidation does not touch.
  std::uint64_t record(std::string_view tenant, const tag_filter& filter);

  /// Whether what was asked for at `ticket` has, or may have, been invalidated since.
  [[nodiscard]] bool touched(std::uint64_t ticket, std::string_view tenant, const tag_hashes& tags) const noexcept;

 private:
  struct event {
    std::uint64_t epoch = 0;
    std::string tenant;
    tag_filter filter;
  };
  static constexpr std::size_t kept = 64;
  static constexpr std::size_t slots = 256;

  std::atomic<std::uint64_t> epoch_{0};
  std::array<event, kept> recent_;                        ///< the event of epoch e lies at e % kept
  std::array<std::atomic<std::uint64_t>, slots> last_{};  ///< by the tenant's hash: epoch of the last event
  std::array<std::uint64_t, slots> forgotten_{};  ///< by the tenant's hash: epoch of the last event no longer kept
};

}  // namespace enlace
