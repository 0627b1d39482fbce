#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <enlace/random.hpp>
#include <enlace/runtime.hpp>

#include "soak/totals.hpp"

namespace enlace::test {

/// Makes one call after the other: for a tenant at random, cached or not, cancelled or not, through the client of its
/// loop or through the runtime. Lives on its loop, until it has ended.
class soak_caller {
 public:
  struct settings {
    std::string url;
    std::uint64_t tenants = 0;
    std::uint64_t seed = 0;
  };
  /// `stop` and `totals` must outlive it, and the runtime too.
  soak_caller(runtime& on, std::size_t loop, settings how, const std::atomic<bool>& stop, soak_totals& totals);
  soak_caller(const soak_caller&) = delete;
  soak_caller& operator=(const soak_caller&) = delete;
  ~soak_caller() = default;

  /// From any thread, once.
  void start();

 private:
  using steady = std::chrono::steady_clock;

  void call_next();
  [[nodiscard]] request plan();
  void call_here(request asked);
  void hand_over(request asked);
  void cancel_later();
  void ended(const reply& answer);
  void check(const reply& answer);

  runtime& runtime_;
  client& client_;
  boost::asio::any_io_executor executor_;
  settings how_;
  const std::atomic<bool>& stop_;
  soak_totals& totals_;
  random_source random_;
  boost::asio::steady_timer timer_;
  std::optional<boost::asio::cancellation_signal> cancel_;

  std::uint64_t number_ = 0;
  bool waits_ = false;
  bool cancelled_ = false;
  std::string tenant_;
  std::string subject_;
  steady::time_point began_;
};

}  // namespace enlace::test
