#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <enlace/reply.hpp>
#include <enlace/span_place.hpp>

#include "cache/cache_key.hpp"

namespace enlace {

class flight_table;
struct flight;
struct flight_shard;

/// One who waits for another's call to the same key. Part of its owner; linked while it waits, nothing is allocated.
///
/// The callbacks come on whatever thread lands or abandons the flight, under a lock of the table: they may only note
/// what they are given and post to their own loop. They must not call the table, run code of others, or destroy the
/// follower. Each join leads to at most one callback. A follower must have been called or have left before it is
/// destroyed, and after `on_leader_gone` it must take the lead or leave.
class flight_follower {
 public:
  flight_follower(const flight_follower&) = delete;
  flight_follower& operator=(const flight_follower&) = delete;

  /// The flight ended with this answer, which the call at that place of a trace fetched.
  virtual void on_landed(std::shared_ptr<const reply> answer, const span_place& fetched_by) noexcept = 0;
  /// The leader gave up; this follower leads now: it posts, and there calls `flight_table::take_lead`.
  virtual void on_leader_gone() noexcept = 0;

 protected:
  flight_follower() = default;
  ~flight_follower();

 private:
  friend class flight_table;
  friend class flight_lead;
  friend struct flight;

  flight_shard* shard_ = nullptr;  // set by the owner's thread in join; never changed by others
  flight* flight_ = nullptr;       // the rest is guarded by the shard's lock
  flight_follower* next_ = nullptr;
  flight_follower* prev_ = nullptr;
};

/// The right, and the duty, to fetch for all who wait for a key. Move-only. Destroyed without landing, it makes the
/// first follower the leader. Must not outlive its table. Not thread-safe itself; land or destroy it on any thread.
class flight_lead {
 public:
  flight_lead() noexcept = default;
  flight_lead(flight_lead&& other) noexcept;
  flight_lead& operator=(flight_lead&& other) noexcept;
  ~flight_lead();

  [[nodiscard]] explicit operator bool() const noexcept { return flight_ != nullptr; }

  /// Ends the flight: every follower gets `answer`, and where in its trace `by` stands who fetched it. The lead is
  /// empty afterwards; an empty one does nothing.
  void land(const std::shared_ptr<const reply>& answer, const span_place& by = span_place()) noexcept;

 private:
  friend class flight_table;
  flight_lead(flight_shard& shard, flight& led) noexcept : shard_(&shard), flight_(&led) {}
  void abandon() noexcept;

  flight_shard* shard_ = nullptr;
  flight* flight_ = nullptr;
};

/// Single-flight: of the calls to one key at one time, one goes out and the others share its answer.
/// Thread-safe. Must outlive its leads and followers.
class flight_table {
 public:
  flight_table();
  ~flight_table();
  flight_table(const flight_table&) = delete;
  flight_table& operator=(const flight_table&) = delete;

  /// Gives the lead when there is no flight to join; else an empty one, and `follower` waits.
  /// A flight is joined only within its tenant, whatever the key, and only when it started at `ticket`
  /// (`cache::ticket`) or later: who calls after an invalidation gets no answer that was asked for before it.
  [[nodiscard]] flight_lead join(const cache_key& key, std::string_view tenant, std::uint64_t ticket,
                                 flight_follower& follower);

  /// The lead that `on_leader_gone` announced. Empty when none is due to this follower.
  [[nodiscard]] flight_lead take_lead(flight_follower& follower) noexcept;

  /// The follower waits no more. When this returns, no callback of it runs or will run. The flight goes on; a lead
  /// that was announced but not taken passes to the next follower. Harmless when it does not wait. Returns whether
  /// it still waited, or had an announced lead: false when the answer came first, or it never joined.
  bool leave(flight_follower& follower) noexcept;

  /// Flights that can be joined now.
  [[nodiscard]] std::size_t size() const;

 private:
  static constexpr std::size_t shard_count = 32;
  std::unique_ptr<flight_shard[]> shards_;
};

}  // namespace enlace
