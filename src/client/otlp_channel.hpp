#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <enlace/headers.hpp>
#include <enlace/random.hpp>
#include <enlace/transport.hpp>
#include <enlace/url.hpp>

#include "client/gzip_writer.hpp"
#include "client/otlp_exporter.hpp"

namespace enlace {

/// The way of one kind of telemetry to its collector: requests one after the other, with retries. Belongs to one loop.
class otlp_channel {
 public:
  /// `path` is "/v1/traces". Throws `failure` (CONFIGURATION_ERROR). `options` and `network` must outlive it.
  otlp_channel(boost::asio::any_io_executor executor, const otlp_options& options, transport& network,
               std::string_view path);
  otlp_channel(const otlp_channel&) = delete;
  otlp_channel& operator=(const otlp_channel&) = delete;

  /// Sends one request, whose text must live until it is over; nothing: it failed. Else how many of its items the
  /// collector says it rejected.
  boost::asio::awaitable<std::optional<std::uint64_t>> send(std::string_view text);

  /// Waits until then, or until woken or hurried.
  boost::asio::awaitable<void> pause(time_point until);
  void wake();
  /// From now on all ends by `until`, and waits that go on are cut short.
  void hurry(time_point until);
  [[nodiscard]] bool hurried() const noexcept { return last_moment_.has_value(); }
  /// Hurried, and its time has passed.
  [[nodiscard]] bool late() const noexcept;

 private:
  /// Waits before another attempt; false: there is no time for it.
  boost::asio::awaitable<bool> back_off(int failed_attempts, std::optional<seconds_d> asked);
  boost::asio::awaitable<void> sleep_until(time_point until);

  const otlp_options& options_;
  transport& network_;
  url target_;
  enlace::headers fields_;
  boost::asio::steady_timer timer_;
  random_source random_;
  gzip_writer smaller_;
  bool woken_ = false;
  std::optional<time_point> last_moment_;
};

}  // namespace enlace
