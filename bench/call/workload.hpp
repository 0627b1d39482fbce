#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/client.hpp>

namespace enlace::bench {

/// The configuration of all measurements: room for every call, else as built in.
[[nodiscard]] options configuration();

/// A request of which the server wants nothing but its end. Every policy applies to it.
[[nodiscard]] request plain_request(const std::string& url);
/// About 120 bytes of JSON.
[[nodiscard]] request json_request(const std::string& url);

/// Makes calls, so many in flight at once, until it is stopped.
class workload {
 public:
  /// Says what to call next.
  using source = std::function<request()>;

  workload(client& with, source next) : client_(with), next_(std::move(next)) {}
  /// Keeps `in_flight` coroutines calling on that loop.
  void start(boost::asio::io_context& loop, std::size_t in_flight);
  void stop() noexcept { running_ = false; }
  /// Calls that were answered. One that fails ends the program: there is nothing to measure then.
  [[nodiscard]] std::size_t calls() const noexcept { return calls_; }
  /// Collects how long each call takes, in microseconds.
  void collect(std::vector<float>& latencies) noexcept { latencies_ = &latencies; }
  /// Failures are what is measured.
  void expect_failure() noexcept { failure_ = true; }

 private:
  boost::asio::awaitable<void> work();

  client& client_;
  source next_;
  bool running_ = true;
  bool failure_ = false;
  std::size_t calls_ = 0;
  std::vector<float>* latencies_ = nullptr;
};

}  // namespace enlace::bench
