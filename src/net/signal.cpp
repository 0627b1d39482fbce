#include "net/signal.hpp"

#include <mutex>

namespace enlace {

/// The sleepers of one execution context. Shared, since a wake-up from another thread may come after the context's end.
class sleeper_list {
 public:
  void add(sleeper& s) {
    const std::lock_guard lock(mutex_);
    s.next_ = first_;
    if (first_ != nullptr) first_->prev_ = &s;
    first_ = &s;
  }

  /// Posts `s` unless the context is being destroyed, which then has it dropped.
  void wake(sleeper& s) noexcept {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      if (s.next_ != nullptr) s.next_->prev_ = s.prev_;
      (s.prev_ != nullptr ? s.prev_->next_ : first_) = s.next_;
      s.post();
    }
    s.release();
  }

  void close() noexcept {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    // Asio destroys a coroutine later, by a post. It may fire signals whose coroutines were dropped before it, so a
    // sleeper stays whole as long as its signal does.
    while (first_ != nullptr) {
      sleeper* s = first_;
      first_ = s->next_;
      s->drop();
      s->release();
    }
  }

 private:
  std::mutex mutex_;
  bool closed_ = false;
  sleeper* first_ = nullptr;
};

namespace {

class sleeper_service final : public boost::asio::execution_context::service {
 public:
  static boost::asio::execution_context::id id;
  explicit sleeper_service(boost::asio::execution_context& context) : service(context) {}
  void shutdown() override { list_->close(); }
  [[nodiscard]] const std::shared_ptr<sleeper_list>& list() const noexcept { return list_; }

 private:
  std::shared_ptr<sleeper_list> list_ = std::make_shared<sleeper_list>();
};

boost::asio::execution_context::id sleeper_service::id;

}  // namespace

sleeper::sleeper(boost::asio::execution_context& context)
    : list_(boost::asio::use_service<sleeper_service>(context).list()) {
  list_->add(*this);
}

void sleeper::wake() noexcept {
  // Once posted, the list's last owner may be gone.
  const std::shared_ptr<sleeper_list> list = list_;
  list->wake(*this);
}

}  // namespace enlace
