#include "cache/cache.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <vector>

#include <enlace/result.hpp>

#include "cache/eviction.hpp"
#include "cache/invalidation_log.hpp"
#include "cache/storable.hpp"
#include "cache/striped_mutex.hpp"

namespace enlace {

namespace {

constexpr std::size_t shard_count = 32;
/// Entries removed under one hold of the lock while invalidating, so that stores of other threads get their turn.
constexpr std::size_t removal_batch = 128;

time_point later(time_point from, duration by) noexcept {
  if (by <= duration::zero()) return from;
  return from > time_point::max() - by ? time_point::max() : from + by;
}

/// XFetch: with cost d, time left r and u uniform in [0, 1), whether -d ln(1 - u) reaches r.
bool is_refresh_due(double cost, seconds_d left, double uniform) noexcept {
  constexpr double largest = 37;  // of -ln(1 - u), u being below 1 by 2^-53 at least
  if (cost <= 0 || cost * largest < left.count()) return false;
  return -cost * std::log1p(-uniform) >= left.count();
}

/// Entries on their way out. Destroyed after the locks are released: freeing a large answer takes long.
using removed_entries = std::vector<std::unique_ptr<cache_entry>>;

}  // namespace

class cache::state {
 public:
  explicit state(const cache_options& options)
      : order_(options.max_bytes,
               static_cast<std::uint64_t>(static_cast<double>(options.max_bytes) * options.tenant_share)) {}

  ~state() {
    for (shard& each : shards_) {
      for (cache_entry* const entry : each.entries) delete entry;
    }
  }
  state(const state&) = delete;
  state& operator=(const state&) = delete;

  std::optional<cache_hit> find(const cache_key& key, std::string_view tenant, time_point now, double uniform,
                                duration stale_allowed);
  bool store(std::unique_ptr<cache_entry> entry, std::string_view tenant, time_point now);
  std::size_t invalidate(const cache_filter& filter);
  cache_stats stats() const;
  [[nodiscard]] const invalidation_log& log() const noexcept { return log_; }
  [[nodiscard]] bool fits(std::string_view tenant, std::size_t bytes) const noexcept {
    return order_.fits(tenant, bytes);  // depends on what never changes: needs no lock
  }

 private:
  struct alignas(no_sharing) shard {
    striped_mutex mutex;
    /// Changed only by who holds both locks, so that either is enough to read.
    entry_index entries;
  };
  struct alignas(no_sharing) counters {
    std::atomic<std::uint64_t> hits{0};
    std::atomic<std::uint64_t> stale{0};
    std::atomic<std::uint64_t> misses{0};
  };

  [[nodiscard]] shard& shard_of(const cache_key& key) noexcept { return shards_[key.high() % shard_count]; }
  void drop_if_dead(const cache_key& key, time_point now);
  std::unique_ptr<cache_entry> remove(cache_entry& entry);
  std::vector<cache_key> matching(std::string_view tenant, const tag_filter& filter);

  std::array<shard, shard_count> shards_;
  std::array<counters, stripe_count> counters_;
  /// Guards what follows. Taken before a shard's lock; look-ups do not take it.
  mutable std::mutex mutex_;
  eviction_order order_;
  invalidation_log log_;
  std::uint64_t stores_ = 0;
  std::uint64_t evictions_ = 0;
};

std::optional<cache_hit> cache::state::find(const cache_key& key, std::string_view tenant, time_point now,
                                            double uniform, duration stale_allowed) {
  shard& where = shard_of(key);
  counters& count = counters_[thread_stripe()];
  bool dead = false;
  {
    const std::shared_lock lock(where.mutex);
    cache_entry* const found = where.entries.find(key);
    if (found != nullptr && found->holder->name == tenant) {
      cache_entry& entry = *found;
      const bool fresh = now < entry.expires;
      const time_point usable_until = std::min(entry.dead, later(entry.expires, stale_allowed));
      if (fresh || now < usable_until) {
        entry.touch();
        (fresh ? count.hits : count.stale).fetch_add(1, std::memory_order_relaxed);
        cache_hit hit;
        hit.value = entry.value;
        hit.stale = !fresh;
        hit.refresh_early = fresh && is_refresh_due(entry.cost, entry.expires - now, uniform);
        hit.age = std::max(now - entry.stored, duration::zero());
        hit.expires = entry.expires;
        hit.usable_until = usable_until;
        return hit;
      }
      dead = now >= entry.dead;
    }
  }
  count.misses.fetch_add(1, std::memory_order_relaxed);
  if (dead) drop_if_dead(key, now);
  return std::nullopt;
}

void cache::state::drop_if_dead(const cache_key& key, time_point now) {
  std::unique_ptr<cache_entry> dropped;
  const std::lock_guard lock(mutex_);
  cache_entry* const found = shard_of(key).entries.find(key);
  if (found != nullptr && now >= found->dead) dropped = remove(*found);
}

/// Under the lock.
std::unique_ptr<cache_entry> cache::state::remove(cache_entry& entry) {
  {
    shard& where = shard_of(entry.key);
    const std::lock_guard lock(where.mutex);
    where.entries.erase(entry);
  }
  order_.remove(entry);
  return std::unique_ptr<cache_entry>(&entry);
}

bool cache::state::store(std::unique_ptr<cache_entry> entry, std::string_view tenant, time_point now) {
  removed_entries removed;
  const std::lock_guard lock(mutex_);
  if (log_.touched(entry->ticket, tenant, entry->tags)) return false;
  tenant_holding& holder = order_.open(tenant);
  shard& where = shard_of(entry->key);
  if (cache_entry* const older = where.entries.find(entry->key)) {
    entry->in_main = older->in_main;
    entry->hits.store(older->hits.load(std::memory_order_relaxed), std::memory_order_relaxed);
    removed.push_back(remove(*older));
  } else {
    entry->in_main = order_.seen_before(entry->key);
  }
  while (cache_entry* victim = order_.victim(holder, entry->bytes, now)) {
    removed.push_back(remove(*victim));
    ++evictions_;
  }
  ++stores_;
  const std::lock_guard shard_lock(where.mutex);
  where.entries.insert(*entry);
  order_.add(*entry.release(), holder);
  return true;
}

/// Under the lock.
std::vector<cache_key> cache::state::matching(std::string_view tenant, const tag_filter& filter) {
  std::vector<cache_key> keys;
  tenant_holding* const holder = order_.holding_of(tenant);
  if (holder == nullptr) return keys;
  for (const entry_queue* queue : {&holder->queues.small, &holder->queues.main}) {
    for (const cache_entry* each = queue->oldest(); each != nullptr; each = queue->newer_than(*each)) {
      if (filter.matches(each->tags)) keys.push_back(each->key);
    }
  }
  return keys;
}

std::size_t cache::state::invalidate(const cache_filter& filter) {
  const tag_filter tags(filter);
  std::uint64_t epoch = 0;
  std::vector<cache_key> keys;
  {
    const std::lock_guard lock(mutex_);
    epoch = log_.record(filter.tenant, tags);
    keys = matching(filter.tenant, tags);
  }
  std::size_t count = 0;
  for (std::size_t done = 0; done < keys.size();) {
    removed_entries removed;
    removed.reserve(removal_batch);
    const std::lock_guard lock(mutex_);
    for (const std::size_t end = std::min(keys.size(), done + removal_batch); done < end; ++done) {
      cache_entry* const found = shard_of(keys[done]).entries.find(keys[done]);
      // What was fetched after the invalidation may have come in since.
      if (found != nullptr && found->ticket < epoch) removed.push_back(remove(*found));
    }
    count += removed.size();
  }
  return count;
}

cache_stats cache::state::stats() const {
  cache_stats all;
  for (const counters& each : counters_) {
    all.hits += each.hits.load(std::memory_order_relaxed);
    all.stale += each.stale.load(std::memory_order_relaxed);
    all.misses += each.misses.load(std::memory_order_relaxed);
  }
  const std::lock_guard lock(mutex_);
  all.stores = stores_;
  all.evictions = evictions_;
  all.bytes = order_.bytes();
  all.entries = order_.entries();
  return all;
}

cache::cache(const cache_options& options) {
  if (!(options.tenant_share > 0 && options.tenant_share <= 1)) {
    throw failure(error(error_code::configuration_error, "cache tenant_share must be more than 0 and at most 1"));
  }
  state_ = std::make_unique<state>(options);
}

cache::~cache() = default;

std::optional<cache_hit> cache::find(const cache_key& key, std::string_view tenant, time_point now, double uniform,
                                     duration stale_allowed) {
  return state_->find(key, tenant, now, uniform, stale_allowed);
}

std::uint64_t cache::ticket() const noexcept { return state_->log().now(); }

std::uint64_t cache::ticket(std::string_view tenant) const noexcept { return state_->log().now(tenant); }

bool cache::store(const cache_key& key, const cache_tags& tags, std::shared_ptr<const reply> value, time_point now,
                  const cache_lifetime& lifetime, std::uint64_t ticket) {
  if (lifetime.ttl <= duration::zero()) return false;
  const std::size_t bytes = eviction_order::entry_bytes(footprint(*value));
  if (!state_->fits(tags.tenant, bytes)) return false;
  auto entry = std::make_unique<cache_entry>(key, tags);
  entry->bytes = static_cast<std::uint32_t>(bytes);
  entry->value = std::move(value);
  entry->stored = now;
  entry->expires = later(now, lifetime.ttl);
  entry->dead = later(entry->expires, lifetime.keep_stale);
  entry->cost = std::chrono::duration<float>(lifetime.cost).count();
  entry->ticket = ticket;
  return state_->store(std::move(entry), tags.tenant, now);
}

std::size_t cache::invalidate(const cache_filter& filter) { return state_->invalidate(filter); }

cache_stats cache::stats() const { return state_->stats(); }

}  // namespace enlace
