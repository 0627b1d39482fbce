#include "client/span_queue.hpp"

#include <utility>

namespace enlace {

namespace {

/// Of a batch of long spans not all memory is kept for the next.
constexpr std::size_t spare_most = 1U << 20;

}  // namespace

bool span_queue::reserve() noexcept {
  if (held_.fetch_add(1, std::memory_order_relaxed) < most_) return true;
  held_.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

std::size_t span_queue::push(std::string_view span) {
  const std::lock_guard lock(mutex_);
  if (closed_) return 0;
  if (batches_.empty() || batches_.back().spans == batch_) {
    std::string text = std::exchange(spare_, {});
    text.assign(beginning_);
    batches_.push_back({std::move(text), 0});
  }
  span_batch& last = batches_.back();
  const std::size_t before = last.text.size();
  try {
    add_otlp_span(last.text, span);
  } catch (...) {
    last.text.resize(before);  // out of memory; those that are there can still be sent
    throw;
  }
  ++last.spans;
  return ++waiting_;
}

span_batch span_queue::take() {
  span_batch taken;
  {
    const std::lock_guard lock(mutex_);
    if (batches_.empty()) return taken;
    taken = std::move(batches_.front());
    batches_.pop_front();
    waiting_ -= taken.spans;
  }
  close_otlp_traces(taken.text);
  return taken;
}

std::size_t span_queue::drop() {
  const std::lock_guard lock(mutex_);
  batches_.clear();
  return std::exchange(waiting_, 0);
}

void span_queue::recycle(std::string text) noexcept {
  if (text.capacity() > spare_most) return;
  const std::lock_guard lock(mutex_);
  if (text.capacity() > spare_.capacity()) spare_ = std::move(text);
}

std::size_t span_queue::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void span_queue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

}  // namespace enlace
