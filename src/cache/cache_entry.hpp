#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <boost/unordered/unordered_flat_set.hpp>
#include <enlace/clock.hpp>
#include <enlace/reply.hpp>

#include "cache/cache_key.hpp"
#include "cache/invalidation_log.hpp"

namespace enlace {

struct tenant_holding;

/// Every entry stands in two queues: that of all entries, and that of its tenant's.
enum class queue_kind : std::uint8_t { common, own };

/// One kept answer. All but `hits` and the links stays as it is while others can see it. A look-up touches the first
/// cache line alone, which is why the members stand in this order and some are narrow.
struct alignas(64) cache_entry {
  struct links {
    cache_entry* newer = nullptr;
    cache_entry* older = nullptr;
  };

  cache_entry(const cache_key& filed_under, const cache_tags& tagged) noexcept : key(filed_under), tags(tagged) {}

  /// Counts a hit, up to three. Two threads at once may count as one: no matter.
  void touch() noexcept {
    const std::uint8_t seen = hits.load(std::memory_order_relaxed);
    if (seen < 3) hits.store(static_cast<std::uint8_t>(seen + 1), std::memory_order_relaxed);
  }

  cache_key key;
  std::shared_ptr<const reply> value;
  tenant_holding* holder = nullptr;
  time_point stored{};
  time_point expires{};
  /// How long the fetch took, in seconds.
  float cost = 0;
  std::atomic<std::uint8_t> hits{0};
  bool in_main = false;

  /// Past this it is of no use to anybody.
  time_point dead{};
  std::uint64_t ticket = 0;
  tag_hashes tags;
  std::uint32_t bytes = 0;
  links in_queue[2];
};
static_assert(sizeof(cache_entry) == 128);

/// Entries by their key, which is not kept twice: the index stays small enough for the processor's caches.
class entry_index {
 public:
  [[nodiscard]] cache_entry* find(const cache_key& key) const noexcept {
    const auto it = entries_.find(key);
    return it == entries_.end() ? nullptr : *it;
  }
  void insert(cache_entry& entry) { entries_.insert(&entry); }
  void erase(const cache_entry& entry) noexcept { entries_.erase(entries_.find(entry.key)); }
  [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
  [[nodiscard]] auto end() const noexcept { return entries_.end(); }

 private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(const cache_key& key) const noexcept { return std::hash<cache_key>()(key); }
    std::size_t operator()(const cache_entry* entry) const noexcept { return (*this)(entry->key); }
  };
  struct equal {
    using is_transparent = void;
    bool operator()(const cache_entry* a, const cache_entry* b) const noexcept { return a->key == b->key; }
    bool operator()(const cache_entry* a, const cache_key& b) const noexcept { return a->key == b; }
    bool operator()(const cache_key& a, const cache_entry* b) const noexcept { return a == b->key; }
  };
  boost::unordered_flat_set<cache_entry*, hash, equal> entries_;
};

/// Entries from the newest to the oldest; owns none of them.
class entry_queue {
 public:
  explicit entry_queue(queue_kind kind) noexcept : kind_(static_cast<std::size_t>(kind)) {}

  void add(cache_entry& entry) noexcept {
    cache_entry::links& links = entry.in_queue[kind_];
    links.older = newest_;
    links.newer = nullptr;
    (newest_ == nullptr ? oldest_ : newest_->in_queue[kind_].newer) = &entry;
    newest_ = &entry;
    bytes_ += entry.bytes;
  }

  void remove(cache_entry& entry) noexcept {
    cache_entry::links& links = entry.in_queue[kind_];
    (links.newer == nullptr ? newest_ : links.newer->in_queue[kind_].older) = links.older;
    (links.older == nullptr ? oldest_ : links.older->in_queue[kind_].newer) = links.newer;
    links.newer = links.older = nullptr;
    bytes_ -= entry.bytes;
  }

  [[nodiscard]] cache_entry* oldest() const noexcept { return oldest_; }
  [[nodiscard]] cache_entry* newer_than(const cache_entry& entry) const noexcept { return entry.in_queue[kind_].newer; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  std::size_t kind_;
  cache_entry* newest_ = nullptr;
  cache_entry* oldest_ = nullptr;
  std::uint64_t bytes_ = 0;
};

}  // namespace enlace
