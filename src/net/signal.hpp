#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <enlace/clock.hpp>

namespace enlace {

class sleeper_list;

/// A coroutine that waits for a signal. Asio does not know it, so it is listed with its execution context: an
/// io_context that is destroyed destroys the coroutines that sleep on it, and a late wake-up finds nothing to do.
class sleeper {
 public:
  sleeper(const sleeper&) = delete;
  sleeper& operator=(const sleeper&) = delete;
  /// Posts the completion. Any thread.
  void wake() noexcept;

 protected:
  explicit sleeper(boost::asio::execution_context& context);
  virtual ~sleeper() = default;
  /// Hands the completion to the executor and deletes this.
  virtual void post() noexcept = 0;

 private:
  friend class sleeper_list;
  std::shared_ptr<sleeper_list> list_;
  sleeper* next_ = nullptr;
  sleeper* prev_ = nullptr;
};

/// Lets one coroutine wait until somebody fires, once. As a `waiter` it may also be given to a clock, which fires it
/// when it is due. `fire` may be called from any thread; everything else belongs to the waiting coroutine's loop.
/// A cancellation of the waiting coroutine fires it too: whoever waited looks for itself what happened.
/// Must outlive the wait and every call of `fire`.
class signal final : public waiter {
 public:
  signal() = default;
  ~signal() = default;

  /// Wakes the coroutine, now or as soon as it waits. Firing twice is firing once.
  void fire() noexcept {
    sleeper* was = state_.exchange(fired_mark(), std::memory_order_acq_rel);
    if (was != nullptr && was != fired_mark()) was->wake();
  }
  [[nodiscard]] bool fired() const noexcept { return state_.load(std::memory_order_acquire) == fired_mark(); }
  void on_due() noexcept override { fire(); }

  /// Completes, with signature void(), when fired or cancelled.
  template <class Token>
  auto async_wait(Token&& token) {
    return boost::asio::async_initiate<Token, void()>(initiation{this}, token);
  }

 private:
  template <class Handler>
  class sleeper_of final : public sleeper {
   public:
    sleeper_of(Handler h, boost::asio::execution_context& context) : sleeper(context), handler_(std::move(h)) {}
    [[nodiscard]] auto slot() const noexcept { return boost::asio::get_associated_cancellation_slot(handler_); }

   protected:
    void post() noexcept override {
      auto executor = boost::asio::get_associated_executor(handler_);
      boost::asio::post(executor, completion{std::unique_ptr<sleeper_of>(this)});
    }

   private:
    struct completion {
      std::unique_ptr<sleeper_of> self;
      void operator()() {
        self->slot().clear();
        Handler handler = std::move(self->handler_);
        self.reset();
        std::move(handler)();
      }
    };
    Handler handler_;
  };

  struct initiation {
    signal* self;
    template <class Handler>
    void operator()(Handler&& handler) const {
      auto executor = boost::asio::get_associated_executor(handler);
      auto& context = boost::asio::query(executor, boost::asio::execution::context);
      auto* made = new sleeper_of<std::decay_t<Handler>>(std::forward<Handler>(handler), context);
      if (auto slot = made->slot(); slot.is_connected()) {
        slot.assign([s = self](boost::asio::cancellation_type /*kind*/) { s->fire(); });
      }
      sleeper* none = nullptr;
      if (!self->state_.compare_exchange_strong(none, made, std::memory_order_acq_rel)) made->wake();
    }
  };

  static sleeper* fired_mark() noexcept {
    // Never dereferenced: only an address that no sleeper has.
    static std::max_align_t mark;
    return reinterpret_cast<sleeper*>(&mark);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
  }

  std::atomic<sleeper*> state_{nullptr};
};

/// Keeps a waiter in a clock while it lives.
class clock_wait {
 public:
  clock_wait(clock& from, waiter& w, time_point due) : clock_(from), waiter_(w) { clock_.add(w, due); }
  clock_wait(const clock_wait&) = delete;
  clock_wait& operator=(const clock_wait&) = delete;
  ~clock_wait() { clock_.remove(waiter_); }

 private:
  clock& clock_;
  waiter& waiter_;
};

}  // namespace enlace
