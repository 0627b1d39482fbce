#include <algorithm>

#include <enlace/testing/virtual_clock.hpp>

namespace enlace::testing {

wall_time virtual_clock::wall_now() const noexcept {
  constexpr wall_time start{std::chrono::seconds(1'790'000'000)};
  return start + wall_offset_ + std::chrono::duration_cast<wall_time::duration>(now_ - time_point());
}

void virtual_clock::add(waiter& w, time_point due) {
  const duration since = due.time_since_epoch();
  const duration past = tick_ == duration::zero() ? duration::zero() : since % tick_;
  add_exactly(w, past == duration::zero() || due > time_point::max() - tick_ ? due : due + (tick_ - past));
}

void virtual_clock::add_exactly(waiter& w, time_point due) {
  remove(w);
  w.link_before(ring_, due);
  const place where(due, order_++);
  waiting_.emplace(where, &w);
  places_.emplace(&w, where);
}

void virtual_clock::remove(waiter& w) noexcept {
  if (!w.waiting()) return;
  w.unlink();
  const auto found = places_.find(&w);
  waiting_.erase(found->second);
  places_.erase(found);
}

bool virtual_clock::step(time_point limit) {
  if (waiting_.empty()) return false;
  const auto [where, next] = *waiting_.begin();
  if (where.first > limit) return false;
  now_ = std::max(now_, where.first);
  remove(*next);
  next->on_due();
  return true;
}

void virtual_clock::run(boost::asio::io_context& loop, time_point limit) {
  do {
    loop.restart();
    while (loop.poll() != 0) {
    }
  } while (step(limit));
}

}  // namespace enlace::testing
