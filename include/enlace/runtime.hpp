// Module: client
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <enlace/client.hpp>

namespace enlace {

/// Loops of its own, one thread each, for callers that have none: threads, the blocking API, other languages.
/// Breakers, budgets, limits and the cache are shared by the loops; connections are not. Thread-safe.
class runtime {
 public:
  /// Called with the reply, on the loop's thread. It must not block.
  using completion = std::function<void(reply)>;

  /// Throws `std::invalid_argument` for no loops.
  explicit runtime(options configuration = options(), std::size_t loops = 1);
  /// On a core that others use too.
  explicit runtime(std::shared_ptr<client_core> core, std::size_t loops = 1);
  /// Cancels the calls in flight (they end with CANCELLED) and joins the threads.
  ~runtime();
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  [[nodiscard]] std::size_t loops() const noexcept;
  /// The executor of one loop, for coroutines that are to run there.
  [[nodiscard]] boost::asio::any_io_executor executor(std::size_t index) const;
  /// The client of one loop, for coroutines that run there.
  [[nodiscard]] client& at(std::size_t index) noexcept;

  /// Makes a call on one of the loops, in turn, on behalf of `ambient`. Calls that come close together are handed to
  /// the loop in one piece.
  void submit(request asked, context ambient, completion done);
  void check_health(std::string url, std::string name, duration timeout, std::function<void(health_report)> done);

  /// Runs a coroutine on one of the loops, on behalf of `ambient`; `done` is called there when it has ended, also by
  /// the runtime's destruction, which cancels it. It must not throw.
  void run(std::size_t index, std::function<boost::asio::awaitable<void>()> job, context ambient,
           std::function<void()> done);
  /// The loop whose turn it is.
  [[nodiscard]] std::size_t next_loop() noexcept;

  [[nodiscard]] const std::shared_ptr<client_core>& core() const noexcept;

 private:
  class worker;
  std::shared_ptr<client_core> core_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace enlace
