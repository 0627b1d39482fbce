#include "policy/retry_budget.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <iterator>
#include <span>
#include <utility>

namespace enlace {
namespace {

constexpr std::size_t ways = 8;
constexpr std::size_t first_sets = 8;
constexpr std::int64_t price = 1'000'000;
constexpr duration forget_after = std::chrono::minutes(1);

std::int64_t to_micros(double retries) noexcept { return std::llround(retries * price); }

std::uint64_t key_of(std::string_view tenant) noexcept {
  const std::uint64_t hash = std::hash<std::string_view>()(tenant);
  return hash == 0 ? 1 : hash;
}

/// The set that holds a key, or would.
template <class Entry>
std::span<Entry> set_of(std::vector<Entry>& table, std::uint64_t key) noexcept {
  return {table.data() + (key & (table.size() / ways - 1)) * ways, ways};
}

}  // namespace

retry_budget::retry_budget(const retry_options& options, std::size_t max_entries)
    : max_sets_(std::bit_ceil(std::max<std::size_t>(1, (max_entries + ways - 1) / ways))) {
  reconfigure(options);
  service_ = shared_ = burst_;
}

void retry_budget::earn(std::string_view tenant, time_point now) noexcept {
  const std::uint64_t key = key_of(tenant);
  const std::lock_guard lock(mutex_);
  refill(now);
  service_ = std::min(burst_, service_ + ratio_);
  if (tenant.empty()) return;
  entry* own = find(key);
  if (own != nullptr) own->last_call = now;
  add(own, ratio_);
}

bool retry_budget::take(std::string_view tenant, time_point now) {
  const std::uint64_t key = key_of(tenant);
  const std::lock_guard lock(mutex_);
  refill(now);
  if (service_ < price) return false;
  if (!tenant.empty()) {
    entry* own = find(key);
    if (own == nullptr) own = insert(key, now);
    micros& tokens = own != nullptr ? own->tokens : shared_;
    if (own != nullptr) own->last_call = now;
    if (tokens < price) return false;
    tokens -= price;
  }
  service_ -= price;
  return true;
}

void retry_budget::give_back(std::string_view tenant) noexcept {
  const std::uint64_t key = key_of(tenant);
  const std::lock_guard lock(mutex_);
  service_ = std::min(burst_, service_ + price);
  if (!tenant.empty()) add(find(key), price);
}

double retry_budget::left(time_point now) const noexcept {
  const std::lock_guard lock(mutex_);
  refill(now);
  return static_cast<double>(service_) / price;
}

double retry_budget::limit() const noexcept {
  const std::lock_guard lock(mutex_);
  return static_cast<double>(burst_) / price;
}

double retry_budget::left(std::string_view tenant) const noexcept {
  const std::uint64_t key = key_of(tenant);
  const std::lock_guard lock(mutex_);
  const entry* own = find(key);
  return static_cast<double>(own != nullptr ? own->tokens : burst_) / price;
}

std::size_t retry_budget::tenants() const noexcept {
  const std::lock_guard lock(mutex_);
  return used_;
}

void retry_budget::reconfigure(const retry_options& options) noexcept {
  const std::lock_guard lock(mutex_);
  ratio_ = to_micros(options.budget_ratio);
  burst_ = to_micros(options.budget_burst);
  per_second_ = options.budget_per_second;
  service_ = std::min(service_, burst_);
  shared_ = std::min(shared_, burst_);
  for (entry& e : table_) {
    if (e.key != 0) add(&e, 0);
  }
}

void retry_budget::refill(time_point now) const noexcept {
  if (service_ >= burst_ || per_second_ <= 0) {
    refilled_ = now;
    return;
  }
  // In steps, so that the division is not paid by every call.
  constexpr duration step = std::chrono::milliseconds(1);
  if (now - refilled_ < step) return;
  const double per_tick = per_second_ * price / std::nano::den;
  const double gained = std::floor(static_cast<double>((now - refilled_).count()) * per_tick);
  if (gained >= static_cast<double>(burst_ - service_)) {
    service_ = burst_;
    refilled_ = now;
    return;
  }
  service_ += static_cast<micros>(gained);
  // Only the time that was paid for, so that slow rates lose nothing to rounding.
  refilled_ += duration(static_cast<duration::rep>(gained / per_tick));
}

/// Adds to a tenant's own bucket, or to the one of those that have none.
void retry_budget::add(entry* own, micros amount) noexcept {
  micros& tokens = own != nullptr ? own->tokens : shared_;
  tokens = std::min(burst_, tokens + amount);
  if (own != nullptr && tokens == burst_) {
    *own = entry();
    --used_;
  }
}

retry_budget::entry* retry_budget::find(std::uint64_t key) const noexcept {
  if (used_ == 0) return nullptr;
  for (entry& e : set_of(table_, key)) {
    if (e.key == key) return &e;
  }
  return nullptr;
}

retry_budget::entry* retry_budget::insert(std::uint64_t key, time_point now) {
  if (table_.empty()) table_.resize(std::min(first_sets, max_sets_) * ways);
  entry* place = nullptr;
  while ((place = free_place(key)) == nullptr && table_.size() < max_sets_ * ways) grow();
  if (place != nullptr) {
    ++used_;
  } else {
    const auto set = set_of(table_, key);
    place = &*std::min_element(set.begin(), set.end(),
                               [](const entry& a, const entry& b) { return a.last_call < b.last_call; });
    if (now - place->last_call < forget_after) return nullptr;
  }
  *place = entry{key, burst_, now};
  return place;
}

retry_budget::entry* retry_budget::free_place(std::uint64_t key) noexcept {
  for (entry& e : set_of(table_, key)) {
    if (e.key == 0) return &e;
  }
  return nullptr;
}

void retry_budget::grow() {
  std::vector<entry> old(table_.size() * 2);
  old.swap(table_);
  // A set splits in two, so its entries always fit.
  for (const entry& e : old) {
    if (e.key != 0) *free_place(e.key) = e;
  }
}

}  // namespace enlace
