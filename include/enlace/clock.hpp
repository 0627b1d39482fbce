// Module: base
#pragma once

#include <chrono>

namespace enlace {

/// Monotonic time. Deadlines, waits and ages are reckoned in it, so a jump of the wall clock changes nothing.
using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

/// Wall time, only for what people or other machines read: timestamps, HTTP dates.
using wall_time = std::chrono::system_clock::time_point;

/// Seconds with a fraction, as in the options, the envelope and the logs.
using seconds_d = std::chrono::duration<double>;

/// Something that waits for a moment. It is linked into a clock while it waits and allocates nothing;
/// it must be removed, or have fired, before it is destroyed.
class waiter {
 public:
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;

  [[nodiscard]] bool waiting() const noexcept { return next_ != nullptr; }
  [[nodiscard]] time_point due() const noexcept { return due_; }

  /// Called once by the clock, on its own thread, after it has unlinked the waiter.
  /// It may add or remove any waiter, this one included.
  virtual void on_due() noexcept = 0;

  /// The links of the clock's ring of waiters; for implementations of `clock`.
  void link_before(waiter& position, time_point due) noexcept;
  void unlink() noexcept;
  [[nodiscard]] waiter* next() const noexcept { return next_; }

 protected:
  waiter() = default;
  ~waiter() = default;
  /// Makes this waiter the head of an empty ring.
  void make_ring() noexcept { next_ = prev_ = this; }

 private:
  waiter* next_ = nullptr;
  waiter* prev_ = nullptr;
  time_point due_{};
};

/// Where the time comes from, and where one waits for it. The network's clock is a timer wheel on the loop;
/// a simulation hands in one that jumps from event to event.
/// Not thread-safe: it belongs to one loop. `now` and `wall_now` may be called from any thread.
class clock {
 public:
  clock() = default;
  clock(const clock&) = delete;
  clock& operator=(const clock&) = delete;
  virtual ~clock() = default;

  [[nodiscard]] virtual time_point now() const noexcept = 0;
  [[nodiscard]] virtual wall_time wall_now() const noexcept = 0;

  /// Calls `w.on_due()` once, at `due` or within the clock's resolution after it. A waiter that already waits is moved.
  virtual void add(waiter& w, time_point due) = 0;

  /// Forgets `w`; one that does not wait is left alone.
  virtual void remove(waiter& w) noexcept = 0;
};

inline void waiter::link_before(waiter& position, time_point due) noexcept {
  due_ = due;
  next_ = &position;
  prev_ = position.prev_;
  prev_->next_ = this;
  position.prev_ = this;
}

inline void waiter::unlink() noexcept {
  if (next_ == nullptr) return;
  prev_->next_ = next_;
  next_->prev_ = prev_;
  next_ = prev_ = nullptr;
}

}  // namespace enlace
