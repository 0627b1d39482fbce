#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <enlace/client.hpp>
#include <enlace/otlp.hpp>

#include "cli/answer_output.hpp"
#include "cli/call_source.hpp"

namespace enlace::cli {

/// Makes the calls of a source: workers, each a coroutine, on one loop with one client.
class call_run {
 public:
  /// `interval`: the time from one start to the next, over all workers.
  call_run(boost::asio::io_context& loop, options configuration, call_source& calls, answer_output& answers,
           std::size_t workers, duration interval);
  call_run(const call_run&) = delete;
  call_run& operator=(const call_run&) = delete;
  ~call_run() = default;

  /// Gives the exit status: 0 when every call succeeded, else 1; after a signal 128 and its number. SIGINT and SIGTERM
  /// cancel the calls in flight, whose answers are written all the same; a second one ends the process.
  /// Throws what the source and the output throw.
  int run();

 private:
  boost::asio::awaitable<void> work();
  /// Waits for the next start; false when interrupted.
  boost::asio::awaitable<bool> wait_for_start();
  void interrupt(int signal);
  void worker_ended(const std::exception_ptr& why);

  boost::asio::io_context& loop_;
  call_source& calls_;
  answer_output& answers_;
  client client_;
  std::optional<otlp_export> exported_;
  duration interval_;
  time_point next_start_{};
  boost::asio::signal_set signals_;
  std::vector<boost::asio::cancellation_signal> cancels_;
  std::size_t working_ = 0;
  int interrupted_by_ = 0;
  std::exception_ptr broken_;
};

}  // namespace enlace::cli
