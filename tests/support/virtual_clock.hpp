#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <tuple>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <enlace/clock.hpp>

namespace enlace::test {

/// A clock that stands still until it is told to jump to the next waiter. For pipelines without sockets and timers.
class virtual_clock final : public clock {
 public:
  [[nodiscard]] time_point now() const noexcept override { return now_; }
  [[nodiscard]] wall_time wall_now() const noexcept override {
    return wall_time(std::chrono::seconds(1'790'000'000)) +
           std::chrono::duration_cast<wall_time::duration>(now_ - time_point());
  }
  void add(waiter& w, time_point due) override {
    remove(w);
    w.link_before(ring_, due);
    waiting_.emplace(due, order_, &w);
    ++order_;
  }
  void remove(waiter& w) noexcept override {
    if (!w.waiting()) return;
    w.unlink();
    std::erase_if(waiting_, [&w](const entry& e) { return std::get<2>(e) == &w; });
  }

  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }
  void advance(duration by) { now_ += by; }

  /// Runs what is ready, jumps to the next waiter, and so on, until nothing is left to do or `limit` is reached.
  void run(boost::asio::io_context& loop, time_point limit = time_point::max()) {
    for (;;) {
      loop.restart();
      while (loop.poll() != 0) {
      }
      if (waiting_.empty() || std::get<0>(*waiting_.begin()) > limit) return;
      const entry next = *waiting_.begin();
      waiting_.erase(waiting_.begin());
      now_ = std::max(now_, std::get<0>(next));
      std::get<2>(next)->unlink();
      std::get<2>(next)->on_due();
    }
  }

 private:
  using entry = std::tuple<time_point, std::uint64_t, waiter*>;
  class ring final : public waiter {
   public:
    ring() noexcept { make_ring(); }
    void on_due() noexcept override {}
  };

  time_point now_{std::chrono::hours(1)};
  std::uint64_t order_ = 0;
  ring ring_;
  std::set<entry> waiting_;
};

}  // namespace enlace::test
