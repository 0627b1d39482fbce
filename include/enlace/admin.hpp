// Module: admin
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <enlace/client.hpp>
#include <enlace/clock.hpp>
#include <enlace/health_endpoint.hpp>

namespace enlace {

class http_server;

/// What an admin endpoint is and allows. Construction-time options only.
struct admin_options {
  /// An IP address or "localhost". Elsewhere than on the loopback a token must be set.
  std::string address = "127.0.0.1";
  /// 0: a free one.
  std::uint16_t port = 0;
  /// What `Authorization: Bearer` must say. Empty: nothing is asked for.
  std::string token;
  /// Whether breakers may be led by hand. Off: the endpoint only shows.
  bool allow_changes = false;
  /// What the page, `/health` and `/status` call this service, and its version.
  std::string name = "enlace";
  std::string version = "0";
  /// A call that took longer is kept as a slow one; of a stream, its first event.
  duration slow_after = std::chrono::seconds(1);
};

/// Looks into the clients of one core: what was called, how it went, and why it failed. Serves
///
/// - `/`: a page that shows it live; `/data` and `/events` are what it shows, as JSON and once a second as SSE
/// - `/metrics`: for Prometheus, in its text format or in OpenMetrics with exemplars, as the scraper asks
/// - `/breakers`: their state; POST with `service` and `how` (automatic, force_open, force_closed, observe) leads one
/// by
///   hand where that is allowed
/// - `/calls`: the last slow and failed ones with what was decided on their way
/// - `/health`, `/status`: see `health_endpoint`; `latency` has the milliseconds of each service's last minute
/// - `/config`: every effective value, and where it comes from; secrets as they were written, `${VAR}` or `file:PATH`
///
/// Lives on the executor of a loop, where it must also be destroyed; the client may be on another.
class admin_endpoint {
 public:
  /// Throws `failure` (CONFIGURATION_ERROR) when it can't listen there, and for an address off the loopback without a
  /// token.
  admin_endpoint(const boost::asio::any_io_executor& executor, std::shared_ptr<client_core> core, admin_options how);
  admin_endpoint(const boost::asio::any_io_executor& executor, const client& of, admin_options how)
      : admin_endpoint(executor, of.core(), std::move(how)) {}
  ~admin_endpoint();
  admin_endpoint(const admin_endpoint&) = delete;
  admin_endpoint& operator=(const admin_endpoint&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;
  /// "http://127.0.0.1:9464"
  [[nodiscard]] const std::string& url() const noexcept;
  /// What `/health` and `/status` tell. Of itself it is well as long as it answers: dependencies and components are to
  /// be added before the first request.
  [[nodiscard]] health_endpoint& health() noexcept;
  /// Ends its connections; the loop is kept busy no more. Once.
  void stop();

 private:
  class state;
  std::shared_ptr<state> state_;
  std::unique_ptr<http_server> server_;
};

}  // namespace enlace
