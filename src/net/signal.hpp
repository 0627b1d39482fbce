#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
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
/// Owned by its list and its signal together, since either may let go of it first.
class sleeper {
 public:
  sleeper(const sleeper&) = delete;
  sleeper& operator=(const sleeper&) = delete;
  /// Posts the completion, once, unless the context is gone. Any thread.
  void wake() noexcept;
  /// Gives up one of the two ownerships.
  void release() noexcept {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 protected:
  explicit sleeper(boost::asio::execution_context& context);
  virtual ~sleeper() = default;
  /// Hands the completion to the executor.
  virtual void post() noexcept = 0;
  /// Destroys the completion, and the coroutine with it.
  virtual void drop() noexcept = 0;

 private:
  friend class sleeper_list;
  std::shared_ptr<sleeper_list> list_;
  std::atomic<int> owners_{2};
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
  ~signal() {
    sleeper* was = state_.load(std::memory_order_acquire);
    if (was != nullptr && was != fired_mark()) was->release();
  }

  /// Wakes the coroutine, now or as soon as it waits. Firing twice is firing once.
  void fire() noexcept {
    sleeper* was = state_.exchange(fired_mark(), std::memory_order_acq_rel);
    if (was == nullptr || was == fired_mark()) return;
    was->wake();
    was->release();
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
  struct completion {
    Handler handler;
    void operator()() {
      boost::asio::get_associated_cancellation_slot(handler).clear();
      std::move(handler)();
    }
  };

  template <class Handler>
  class sleeper_of final : public sleeper {
   public:
    sleeper_of(Handler h, boost::asio::execution_context& context) : sleeper(context), handler_(std::move(h)) {}
    [[nodiscard]] auto slot() const noexcept { return boost::asio::get_associated_cancellation_slot(*handler_); }

   protected:
    void post() noexcept override {
      auto executor = boost::asio::get_associated_executor(*handler_);
      completion<Handler> done{std::move(*handler_)};
      handler_.reset();
      boost::asio::post(executor, std::move(done));
    }
    void drop() noexcept override {
      slot().clear();
      handler_.reset();
    }

   private:
    std::optional<Handler> handler_;
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
      if (!self->state_.compare_exchange_strong(none, made, std::memory_order_acq_rel)) {
        made->wake();
        made->release();
      }
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
