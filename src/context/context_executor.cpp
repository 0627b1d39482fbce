#include "context/context_executor.hpp"

namespace enlace {

context_binding::context_binding(const boost::asio::any_io_executor& executor, context owned)
    : owned_(std::move(owned)), inner_(executor), loop_(inner_.target<boost::asio::io_context::executor_type>()) {}

void context_binding::begin_first_work() {
  const std::lock_guard lock(mutex_);
  if (!tracking_) tracking_ = boost::asio::prefer(inner_, boost::asio::execution::outstanding_work.tracked);
  workers_.fetch_add(1, std::memory_order_relaxed);
}

void context_binding::end_last_work() noexcept {
  boost::asio::any_io_executor last;
  const std::lock_guard lock(mutex_);
  // Someone may have begun anew since.
  if (workers_.load(std::memory_order_relaxed) == 0) last = std::exchange(tracking_, boost::asio::any_io_executor());
}

}  // namespace enlace
