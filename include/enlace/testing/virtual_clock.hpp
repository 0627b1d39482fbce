// Module: testing
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <enlace/clock.hpp>

namespace enlace::testing {

/// A clock that stands still until it is told to go on to the next waiter. With it an hour takes as long as its events.
/// Not thread-safe.
class virtual_clock final : public clock {
 public:
  /// A waiter that is added with `add` fires at the next multiple of `tick` after its moment, as the timer wheel of the
  /// real network does. Zero: at its very moment.
  explicit virtual_clock(duration tick = duration::zero()) noexcept : tick_(tick) { ring_.start(); }

  [[nodiscard]] time_point now() const noexcept override { return now_; }
  [[nodiscard]] wall_time wall_now() const noexcept override;
  void add(waiter& w, time_point due) override;
  void remove(waiter& w) noexcept override;

  /// For what is no timer of the program under test, but of the world around it: fires at its very moment.
  void add_exactly(waiter& w, time_point due);
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

  /// Goes on to the next waiter that is due by `limit`, and fires it. False: there is none.
  bool step(time_point limit = time_point::max());
  /// Runs what `loop` has ready, steps, and so on, until nothing is left to do by `limit`.
  void run(boost::asio::io_context& loop, time_point limit = time_point::max());
  /// Time passes at one stroke, as for a process that was suspended: what became due meanwhile fires late.
  void advance(duration by) noexcept { now_ += by; }
  /// The wall clock is set; steady time, by which everything is reckoned, stays as it is.
  void set_wall_clock(std::chrono::seconds forward) noexcept { wall_offset_ += forward; }

 private:
  using place = std::pair<time_point, std::uint64_t>;
  class ring final : public waiter {
   public:
    void start() noexcept { make_ring(); }
    void on_due() noexcept override {}
  };

  duration tick_;
  time_point now_{std::chrono::hours(1)};
  std::chrono::seconds wall_offset_{0};
  std::uint64_t order_ = 0;
  ring ring_;
  /// Those due at one moment fire in the order in which they were added.
  std::map<place, waiter*> waiting_;
  std::unordered_map<const waiter*, place> places_;
};

}  // namespace enlace::testing
