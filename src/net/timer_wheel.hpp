#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <enlace/clock.hpp>

namespace enlace {

/// The clock of a real loop: one coarse hashed wheel (Varghese and Lauck, SOSP 1987) on one Asio timer, which ticks
/// only while somebody waits, so that it keeps `io_context::run()` from returning for a tick at most.
/// A waiter fires within a tick and the loop's own lateness after it is due. Held by shared_ptr, since the timer's
/// handler may outlive its owner. Belongs to one loop; `now` and `wall_now` may be called from any thread.
class timer_wheel final : public clock, public std::enable_shared_from_this<timer_wheel> {
 public:
  static constexpr duration tick = std::chrono::milliseconds(5);

  explicit timer_wheel(const boost::asio::any_io_executor& executor);
  ~timer_wheel() override;

  [[nodiscard]] time_point now() const noexcept override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] wall_time wall_now() const noexcept override { return std::chrono::system_clock::now(); }
  void add(waiter& w, time_point due) override;
  void remove(waiter& w) noexcept override;

 private:
  class ring final : public waiter {
   public:
    ring() noexcept { make_ring(); }
    void on_due() noexcept override {}
    [[nodiscard]] bool empty() const noexcept { return next() == this; }
  };
  static constexpr std::size_t slots = 1024;

  [[nodiscard]] static std::int64_t tick_of(time_point when) noexcept;
  void link(waiter& w, time_point due) noexcept;
  void arm();
  void on_tick();
  void run_slot(ring& slot, time_point now) noexcept;

  boost::asio::steady_timer timer_;
  bool armed_ = false;
  std::size_t waiting_ = 0;
  std::int64_t done_tick_ = 0;
  std::array<ring, slots> wheel_;
};

}  // namespace enlace
