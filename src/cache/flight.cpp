#include "cache/flight.hpp"

#include <cassert>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

namespace enlace {

/// One call under way. It belongs to its lead; while a lead is announced but not taken, to the heir. Guarded by its
/// shard's lock.
struct flight {
  flight(const cache_key& of, std::string_view on_behalf_of, std::uint64_t started_at)
      : key(of), tenant(on_behalf_of), ticket(started_at) {}

  void add(flight_follower& follower) noexcept {
    follower.flight_ = this;
    follower.prev_ = last;
    follower.next_ = nullptr;
    (last == nullptr ? first : last->next_) = &follower;
    last = &follower;
  }

  void remove(flight_follower& follower) noexcept {
    (follower.prev_ == nullptr ? first : follower.prev_->next_) = follower.next_;
    (follower.next_ == nullptr ? last : follower.next_->prev_) = follower.prev_;
    follower.next_ = follower.prev_ = nullptr;
    follower.flight_ = nullptr;
  }

  /// The first follower leaves the list, but still belongs to the flight.
  void name_heir() noexcept {
    heir = first;
    remove(*heir);
    heir->flight_ = this;
  }

  cache_key key;
  std::string tenant;
  std::uint64_t ticket;
  /// In the order in which they joined.
  flight_follower* first = nullptr;
  flight_follower* last = nullptr;
  /// The follower that was told to lead and has not taken the lead yet; it is not in the list.
  flight_follower* heir = nullptr;
};

/// A part of the table with a lock of its own. Followers and leads know it rather than find their flight without a
/// lock: it lives as long as the table, where a flight may end at any moment.
struct alignas(128) flight_shard {
  void unlist(const flight& ended) noexcept {
    const auto it = flights.find(ended.key);
    if (it != flights.end() && it->second == &ended) flights.erase(it);
  }

  /// Makes the first follower the leader. Gives the flight to the caller when there is none.
  [[nodiscard]] std::unique_ptr<flight> pass_on(flight& led) noexcept;

  std::mutex mutex;
  boost::unordered_flat_map<cache_key, flight*, std::hash<cache_key>> flights;
};

std::unique_ptr<flight> flight_shard::pass_on(flight& led) noexcept {
  if (led.first == nullptr) {
    unlist(led);
    return std::unique_ptr<flight>(&led);
  }
  led.name_heir();
  led.heir->on_leader_gone();
  return nullptr;
}

namespace {

/// Followers called under one hold of the lock, so that a crowd on one key does not hold up the shard's others.
constexpr int landing_batch = 64;

}  // namespace

flight_follower::~flight_follower() { assert(flight_ == nullptr && "a follower must leave before it is destroyed"); }

flight_lead::flight_lead(flight_lead&& other) noexcept
    : shard_(other.shard_), flight_(std::exchange(other.flight_, nullptr)) {}

flight_lead& flight_lead::operator=(flight_lead&& other) noexcept {
  if (this != &other) {
    abandon();
    shard_ = other.shard_;
    flight_ = std::exchange(other.flight_, nullptr);
  }
  return *this;
}

flight_lead::~flight_lead() { abandon(); }

void flight_lead::land(const std::shared_ptr<const reply>& answer, const span_place& by) noexcept {
  if (flight_ == nullptr) return;
  // Once it is out of the table nobody joins it, and it has no heir: between two batches followers can only leave.
  const std::unique_ptr<flight> ended(std::exchange(flight_, nullptr));
  bool more = true;
  for (bool listed = true; more; listed = false) {
    const std::lock_guard lock(shard_->mutex);
    if (listed) shard_->unlist(*ended);
    for (int called = 0; ended->first != nullptr && called < landing_batch; ++called) {
      flight_follower& next = *ended->first;
      ended->remove(next);
      next.on_landed(answer, by);
    }
    more = ended->first != nullptr;
  }
}

void flight_lead::abandon() noexcept {
  if (flight_ == nullptr) return;
  std::unique_ptr<flight> ended;
  const std::lock_guard lock(shard_->mutex);
  ended = shard_->pass_on(*std::exchange(flight_, nullptr));
}

flight_table::flight_table() : shards_(std::make_unique<flight_shard[]>(shard_count)) {}

flight_table::~flight_table() { assert(size() == 0 && "a flight table must outlive its flights"); }

flight_lead flight_table::join(const cache_key& key, std::string_view tenant, std::uint64_t ticket,
                               flight_follower& follower) {
  flight_shard& shard = shards_[key.high() % shard_count];
  const std::lock_guard lock(shard.mutex);
  if (follower.flight_ != nullptr) throw std::logic_error("enlace::flight_table: a follower joined twice");
  const auto it = shard.flights.find(key);
  const bool taken = it != shard.flights.end();
  const bool own = taken && it->second->tenant == tenant;
  if (own && it->second->ticket >= ticket) {
    follower.shard_ = &shard;
    it->second->add(follower);
    return {};
  }
  auto led = std::make_unique<flight>(key, tenant, ticket);
  if (own) {
    it->second = led.get();  // the older flight goes on for those who are in it
  } else if (!taken) {
    shard.flights.emplace(key, led.get());
  }
  return {shard, *led.release()};
}

flight_lead flight_table::take_lead(flight_follower& follower) noexcept {
  if (follower.shard_ == nullptr) return {};
  const std::lock_guard lock(follower.shard_->mutex);
  flight* const led = follower.flight_;
  if (led == nullptr || led->heir != &follower) return {};
  led->heir = nullptr;
  follower.flight_ = nullptr;
  return {*follower.shard_, *led};
}

bool flight_table::leave(flight_follower& follower) noexcept {
  if (follower.shard_ == nullptr) return false;
  std::unique_ptr<flight> ended;
  const std::lock_guard lock(follower.shard_->mutex);
  flight* const joined = follower.flight_;
  if (joined == nullptr) return false;
  if (joined->heir == &follower) {
    joined->heir = nullptr;
    follower.flight_ = nullptr;
    ended = follower.shard_->pass_on(*joined);
  } else {
    joined->remove(follower);
  }
  return true;
}

std::size_t flight_table::size() const {
  std::size_t flights = 0;
  for (std::size_t i = 0; i < shard_count; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    flights += shards_[i].flights.size();
  }
  return flights;
}

}  // namespace enlace
