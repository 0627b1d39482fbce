#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <enlace/cache_options.hpp>
#include <enlace/clock.hpp>
#include <enlace/reply.hpp>

#include "cache/cache_key.hpp"

namespace enlace {

/// What an entry can be invalidated by.
struct cache_tags {
  std::string_view tenant;
  std::string_view service;
  std::string_view operation;
  std::string_view collection;
};

/// Which entries to invalidate: the tenant's, narrowed by what else is given.
struct cache_filter {
  std::string tenant;
  std::optional<std::string> service;
  std::optional<std::string> operation;
  std::optional<std::string> collection;
};

/// How long an entry lives, and what it cost.
struct cache_lifetime {
  /// Fresh while its age is below this. Zero or less: not stored.
  duration ttl{};
  /// Kept for so long after that, to be served stale.
  duration keep_stale{};
  /// How long the call took: the longer, the earlier the refresh.
  duration cost{};
};

/// What a look-up found. The value is shared: copy it before handing it to a caller.
struct cache_hit {
  std::shared_ptr<const reply> value;
  bool stale = false;
  /// Fresh, but this caller should fetch it anew in the background (XFetch).
  bool refresh_early = false;
  duration age{};
  /// When it ceases to be fresh, and when it may not even be served stale any more.
  time_point expires{};
  time_point usable_until{};
};

struct cache_stats {
  std::uint64_t hits = 0;    ///< fresh ones
  std::uint64_t stale = 0;   ///< look-ups served stale
  std::uint64_t misses = 0;  ///< every other look-up
  std::uint64_t stores = 0;
  std::uint64_t evictions = 0;  ///< entries that made room for others
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
};

/// The memory tier: answers by key, bounded in bytes, evicted by S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi: "FIFO queues
/// are all you need for cache eviction", SOSP 2023), refreshed early by XFetch (Vattani, Chierichetti, Lowenstein:
/// "Optimal probabilistic cache stampede prevention", VLDB 2015; beta 1).
///
/// A tenant that reaches its share of the bytes displaces its own entries only. No I/O, no clock, no randomness of its
/// own. Thread-safe; look-ups of different threads do not wait for each other.
class cache {
 public:
  /// Throws `failure` (CONFIGURATION_ERROR) when `tenant_share` is not in (0, 1].
  explicit cache(const cache_options& options);
  ~cache();
  cache(const cache&) = delete;
  cache& operator=(const cache&) = delete;

  /// The entry of `key`, if it is `tenant`'s own. An expired one only within `stale_allowed` (and its own
  /// `keep_stale`) after its expiry. `uniform` in [0, 1) decides on the early refresh. An entry that is past keeping
  /// is dropped.
  [[nodiscard]] std::optional<cache_hit> find(const cache_key& key, std::string_view tenant, time_point now,
                                              double uniform, duration stale_allowed = {});

  /// Where the history of invalidations stands. Taken before the upstream is asked and handed to `store`, and to
  /// `flight_table::join`.
  [[nodiscard]] std::uint64_t ticket() const noexcept;
  /// The same as far as this tenant goes. With it, one tenant's invalidations do not part another's flights.
  [[nodiscard]] std::uint64_t ticket(std::string_view tenant) const noexcept;

  /// Keeps `value`, in place of an older one. Stores nothing, and says false, when its tags were invalidated after
  /// `ticket` was taken (or, when very many invalidations came since, may have been), when the TTL is not positive
  /// or when it is too large.
  bool store(const cache_key& key, const cache_tags& tags, std::shared_ptr<const reply> value, time_point now,
             const cache_lifetime& lifetime, std::uint64_t ticket);

  /// Drops the entries that match, and those whose fetch is under way; says how many it dropped. When it returns,
  /// `find` gives no answer that was asked for before the call.
  std::size_t invalidate(const cache_filter& filter);

  [[nodiscard]] cache_stats stats() const;

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace enlace
