#include "cache/invalidation_log.hpp"

#include <algorithm>
#include <functional>

#include "cache/cache.hpp"

namespace enlace {

namespace {

std::uint32_t hash_of(std::string_view text) noexcept {
  return static_cast<std::uint32_t>(std::hash<std::string_view>()(text));
}

std::optional<std::uint32_t> hash_of(const std::optional<std::string>& text) noexcept {
  if (!text) return std::nullopt;
  return hash_of(std::string_view(*text));
}

}  // namespace

tag_hashes::tag_hashes(const cache_tags& tags) noexcept
    : service(hash_of(tags.service)), operation(hash_of(tags.operation)), collection(hash_of(tags.collection)) {}

tag_filter::tag_filter(const cache_filter& filter) noexcept
    : service_(hash_of(filter.service)),
      operation_(hash_of(filter.operation)),
      collection_(hash_of(filter.collection)) {}

std::uint64_t invalidation_log::now(std::string_view tenant) const noexcept {
  return last_[hash_of(tenant) % slots].load(std::memory_order_acquire);
}

std::uint64_t invalidation_log::record(std::string_view tenant, const tag_filter& filter) {
  const std::uint64_t epoch = epoch_.load(std::memory_order_relaxed) + 1;
  std::string name(tenant);
  event& place = recent_[epoch % kept];
  if (place.epoch != 0) {
    std::uint64_t& last = forgotten_[hash_of(std::string_view(place.tenant)) % slots];
    last = std::max(last, place.epoch);
  }
  place.epoch = epoch;
  place.tenant = std::move(name);
  place.filter = filter;
  last_[hash_of(tenant) % slots].store(epoch, std::memory_order_release);
  epoch_.store(epoch, std::memory_order_release);
  return epoch;
}

bool invalidation_log::touched(std::uint64_t ticket, std::string_view tenant, const tag_hashes& tags) const noexcept {
  if (ticket >= epoch_.load(std::memory_order_relaxed)) return false;
  if (ticket < forgotten_[hash_of(tenant) % slots]) return true;
  return std::any_of(recent_.begin(), recent_.end(), [&](const event& each) {
    return each.epoch > ticket && each.tenant == tenant && each.filter.matches(tags);
  });
}

}  // namespace enlace
