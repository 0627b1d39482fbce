#include "cache/eviction.hpp"

#include <limits>

namespace enlace {

namespace {

/// The share of the bytes that is for entries not yet asked for again, as in the paper.
constexpr std::uint64_t small_part = 10;
/// Entries looked at for one eviction. The paper sets no limit; it bounds the time in which the lock is held.
constexpr int max_looks = 256;
/// Hits that take an entry from the small queue to the main one.
constexpr std::uint8_t hits_to_stay = 2;

/// An index slot at the table's usual load, and the ghost that the entry may leave.
constexpr std::size_t beside_an_entry = 16 + 40;

/// Of a tenant's record: itself, its node in the map, its bucket.
constexpr std::size_t holding_bytes(std::string_view tenant) noexcept {
  return sizeof(tenant_holding) + 80 + (tenant.size() > 15 ? tenant.size() + 16 : 0);
}

}  // namespace

void ghost_queue::add(const cache_key& key, std::size_t keep_at_most) {
  numbers_[key.high()] = first_ + order_.size();
  order_.push_back(key.high());
  while (order_.size() > keep_at_most) forget_oldest();
}

bool ghost_queue::take(const cache_key& key) noexcept { return numbers_.erase(key.high()) != 0; }

void ghost_queue::forget_oldest() noexcept {
  // A key that was taken, or added again, stays in the order under its old number.
  const auto it = numbers_.find(order_.front());
  if (it != numbers_.end() && it->second == first_) numbers_.erase(it);
  order_.pop_front();
  ++first_;
}

std::size_t eviction_order::entry_bytes(std::size_t value_bytes) noexcept {
  return value_bytes + sizeof(cache_entry) + alignof(cache_entry) + beside_an_entry;
}

bool eviction_order::fits(std::string_view tenant, std::size_t bytes) const noexcept {
  return bytes <= std::numeric_limits<decltype(cache_entry::bytes)>::max() &&
         bytes + holding_bytes(tenant) <= max_tenant_bytes_;
}

tenant_holding* eviction_order::holding_of(std::string_view tenant) noexcept {
  const auto it = holdings_.find(tenant);
  return it == holdings_.end() ? nullptr : it->second.get();
}

tenant_holding& eviction_order::open(std::string_view tenant) {
  tenant_holding* holder = holding_of(tenant);
  if (holder == nullptr) {
    auto made = std::make_unique<tenant_holding>(tenant);
    holder = made.get();
    holdings_.emplace(holder->name, std::move(made));
    holder->bytes = holding_bytes(tenant);
    bytes_ += holder->bytes;
  }
  ++holder->entries;
  return *holder;
}

cache_entry* eviction_order::victim(tenant_holding& holder, std::size_t bytes, time_point now) {
  if (holder.bytes + bytes > max_tenant_bytes_) return choose(holder.queues, max_tenant_bytes_, now);
  if (bytes_ + bytes > max_bytes_) return choose(queues_, max_bytes_, now);
  return nullptr;
}

cache_entry* eviction_order::choose(entry_queues& queues, std::uint64_t capacity, time_point now) {
  for (int looks = 0;; ++looks) {
    cache_entry* const in_small = queues.small.oldest();
    cache_entry* const in_main = queues.main.oldest();
    const bool from_small = in_small != nullptr && (in_main == nullptr || queues.small.bytes() > capacity / small_part);
    cache_entry* const oldest = from_small ? in_small : in_main;
    if (oldest == nullptr || oldest->dead <= now || looks >= max_looks) return oldest;
    const std::uint8_t hits = oldest->hits.load(std::memory_order_relaxed);
    if (from_small) {
      if (hits < hits_to_stay) {
        ghosts_.add(oldest->key, entries_);
        return oldest;
      }
      promote(*oldest);
    } else {
      if (hits == 0) return oldest;
      oldest->hits.store(static_cast<std::uint8_t>(hits - 1), std::memory_order_relaxed);
      queues.main.remove(*oldest);
      queues.main.add(*oldest);
    }
  }
}

void eviction_order::promote(cache_entry& entry) noexcept {
  queues_.small.remove(entry);
  entry.holder->queues.small.remove(entry);
  entry.in_main = true;
  entry.hits.store(0, std::memory_order_relaxed);
  queues_.main.add(entry);
  entry.holder->queues.main.add(entry);
}

void eviction_order::add(cache_entry& entry, tenant_holding& holder) noexcept {
  entry.holder = &holder;
  queues_.of(entry).add(entry);
  holder.queues.of(entry).add(entry);
  holder.bytes += entry.bytes;
  bytes_ += entry.bytes;
  ++entries_;  // the tenant's own count was raised when it was opened
}

void eviction_order::remove(cache_entry& entry) noexcept {
  tenant_holding& holder = *entry.holder;
  queues_.of(entry).remove(entry);
  holder.queues.of(entry).remove(entry);
  holder.bytes -= entry.bytes;
  bytes_ -= entry.bytes;
  --entries_;
  --holder.entries;
  close_if_empty(holder);
}

void eviction_order::close_if_empty(tenant_holding& holder) noexcept {
  if (holder.entries != 0) return;
  bytes_ -= holder.bytes;
  holdings_.erase(holdings_.find(holder.name));
}

}  // namespace enlace
