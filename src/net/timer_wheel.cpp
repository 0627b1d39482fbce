#include "net/timer_wheel.hpp"

#include <algorithm>

namespace enlace {

timer_wheel::timer_wheel(const boost::asio::any_io_executor& executor) : timer_(executor) {}

timer_wheel::~timer_wheel() {
  for (ring& slot : wheel_) {
    while (!slot.empty()) slot.next()->unlink();
  }
}

std::int64_t timer_wheel::tick_of(time_point when) noexcept { return when.time_since_epoch() / tick; }

void timer_wheel::link(waiter& w, time_point due) noexcept {
  // The tick after the one in which it falls due; never one that has been run already.
  const std::int64_t at = std::max(tick_of(due) + 1, done_tick_ + 1);
  w.link_before(wheel_[static_cast<std::size_t>(at) % slots], due);
}

void timer_wheel::add(waiter& w, time_point due) {
  if (w.waiting()) {
    w.unlink();
  } else {
    ++waiting_;
  }
  if (!armed_) {
    done_tick_ = tick_of(now());
    link(w, due);
    arm();
  } else {
    link(w, due);
  }
}

void timer_wheel::remove(waiter& w) noexcept {
  if (!w.waiting()) return;
  w.unlink();
  --waiting_;
}

void timer_wheel::arm() {
  armed_ = true;
  timer_.expires_at(time_point((done_tick_ + 1) * tick));
  timer_.async_wait([self = weak_from_this()](const boost::system::error_code& failed) {
    if (failed) return;
    if (auto wheel = self.lock()) wheel->on_tick();
  });
}

void timer_wheel::on_tick() {
  const time_point current = now();
  const std::int64_t last = tick_of(current);
  // A loop that stood still for more than a turn runs each slot once, not once for every turn it missed.
  std::int64_t first = std::max(done_tick_ + 1, last - static_cast<std::int64_t>(slots) + 1);
  for (; first <= last; ++first) {
    done_tick_ = first;
    run_slot(wheel_[static_cast<std::size_t>(first) % slots], current);
  }
  if (waiting_ != 0) {
    arm();
  } else {
    armed_ = false;
  }
}

void timer_wheel::run_slot(ring& slot, time_point now) noexcept {
  if (slot.empty()) return;
  // What fires may add and remove any waiter, so the slot is emptied first and its waiters are taken one by one.
  ring taken;
  while (!slot.empty()) {
    waiter& w = *slot.next();
    const time_point due = w.due();
    w.unlink();
    w.link_before(taken, due);
  }
  while (!taken.empty()) {
    waiter& w = *taken.next();
    const time_point due = w.due();
    w.unlink();
    if (due <= now) {
      --waiting_;
      w.on_due();
    } else {
      link(w, due);
    }
  }
}

}  // namespace enlace
