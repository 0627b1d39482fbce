#include "context/context_executor.hpp"

namespace enlace {

context_binding::context_binding(const boost::asio::any_io_executor& executor, context owned)
    : owned_(std::move(owned)), inner_(executor), loop_(inner_.target<boost::asio::io_context::executor_type>()) {}

void context_binding::begin_work() {
  std::size_t workers = workers_.load(std::memory_order_relaxed);
  while (workers != 0) {
    if (workers_.compare_exchange_weak(workers, workers + 1, std::memory_order_relaxed)) return;
  }
  const std::lock_guard lock(mutex_);
  if (!tracking_) tracking_ = boost::asio::prefer(inner_, boost::asio::execution::outstanding_work.tracked);
  workers_.fetch_add(1, std::memory_order_relaxed);
}

void context_binding::end_work() noexcept {
  if (workers_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  boost::asio::any_io_executor last;
  const std::lock_guard lock(mutex_);
  // Someone may have begun anew since.
  if (workers_.load(std::memory_order_relaxed) == 0) last = std::exchange(tracking_, boost::asio::any_io_executor());
}

context_executor::context_executor(const context_executor& other) noexcept
    : binding_(other.binding_), traits_(other.traits_) {
  if (traits_.tracks) binding_->add_work();
}

context_executor::context_executor(context_executor&& other) noexcept
    : binding_(std::move(other.binding_)), traits_(std::exchange(other.traits_, traits())) {}

context_executor& context_executor::operator=(context_executor other) noexcept {
  std::swap(binding_, other.binding_);
  std::swap(traits_, other.traits_);
  return *this;
}

context_executor::~context_executor() {
  if (traits_.tracks) binding_->end_work();
}

context_executor context_executor::require(boost::asio::execution::outstanding_work_t::tracked_t /*property*/) const {
  context_executor tracking(*this);
  if (!traits_.tracks) {
    tracking.binding_->begin_work();
    tracking.traits_.tracks = true;
  }
  return tracking;
}

context_executor context_executor::require(boost::asio::execution::outstanding_work_t::untracked_t /*property*/) const {
  context_executor idle(binding_);
  idle.traits_ = traits_;
  idle.traits_.tracks = false;
  return idle;
}

context_executor context_executor::with(bool traits::* trait, bool value) const {
  context_executor changed(*this);
  changed.traits_.*trait = value;
  return changed;
}

}  // namespace enlace
