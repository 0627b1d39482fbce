#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <boost/unordered/unordered_flat_map.hpp>

#include "cache/cache_entry.hpp"

namespace enlace {

/// The keys evicted last from the small queue, by 64 bits of their hash.
class ghost_queue {
 public:
  void add(const cache_key& key, std::size_t keep_at_most);
  /// Whether the key is in; it is no longer afterwards.
  bool take(const cache_key& key) noexcept;

 private:
  void forget_oldest() noexcept;

  std::deque<std::uint64_t> order_;
  std::uint64_t first_ = 0;  ///< the number of the oldest; the others follow one by one
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> numbers_;
};

/// S3-FIFO's two queues: most entries pass the small one once and go; those that were asked for again move to main.
struct entry_queues {
  explicit entry_queues(queue_kind kind) noexcept : small(kind), main(kind) {}
  [[nodiscard]] entry_queue& of(const cache_entry& entry) noexcept { return entry.in_main ? main : small; }

  entry_queue small;
  entry_queue main;
};

/// What one tenant holds.
struct tenant_holding {
  explicit tenant_holding(std::string_view tenant) : name(tenant), queues(queue_kind::own) {}

  std::string name;
  /// Its entries, and this record itself.
  std::uint64_t bytes = 0;
  /// One more than its entries while one is about to be added.
  std::size_t entries = 0;
  entry_queues queues;
};

/// Decides which entry has to go, by S3-FIFO over the entries of all, or over those of one tenant that is at its
/// share. Keeps the books on bytes. Owns the records of tenants, but no entry. Not thread-safe, except that entries may
/// be touched meanwhile.
class eviction_order {
 public:
  eviction_order(std::uint64_t max_bytes, std::uint64_t max_tenant_bytes) noexcept
      : max_bytes_(max_bytes), max_tenant_bytes_(max_tenant_bytes), queues_(queue_kind::common) {}

  /// What an entry takes, in all, whose value takes `value_bytes`.
  [[nodiscard]] static std::size_t entry_bytes(std::size_t value_bytes) noexcept;
  /// Whether an entry of that size can be kept at all.
  [[nodiscard]] bool fits(std::string_view tenant, std::size_t bytes) const noexcept;

  /// The record of a tenant, for an entry that will be added. `add` must follow.
  [[nodiscard]] tenant_holding& open(std::string_view tenant);
  /// The next entry that must be removed before `bytes` more of `holder` are within the bounds; null when they are.
  [[nodiscard]] cache_entry* victim(tenant_holding& holder, std::size_t bytes, time_point now);
  /// Adds to the tenant that was opened; there must be room.
  void add(cache_entry& entry, tenant_holding& holder) noexcept;
  void remove(cache_entry& entry) noexcept;

  /// Whether the key was lately evicted from the small queue, which lets it into the main one at once.
  [[nodiscard]] bool seen_before(const cache_key& key) noexcept { return ghosts_.take(key); }
  /// Null when the tenant holds nothing.
  [[nodiscard]] tenant_holding* holding_of(std::string_view tenant) noexcept;

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t entries() const noexcept { return entries_; }

 private:
  [[nodiscard]] cache_entry* choose(entry_queues& queues, std::uint64_t capacity, time_point now);
  void promote(cache_entry& entry) noexcept;
  void close_if_empty(tenant_holding& holder) noexcept;

  std::uint64_t max_bytes_;
  std::uint64_t max_tenant_bytes_;
  std::uint64_t bytes_ = 0;
  std::size_t entries_ = 0;
  entry_queues queues_;
  ghost_queue ghosts_;
  /// The keys are the records' own names.
  std::unordered_map<std::string_view, std::unique_ptr<tenant_holding>> holdings_;
};

}  // namespace enlace
