// Module: gateway
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <enlace/client.hpp>
#include <enlace/clock.hpp>
#include <enlace/health.hpp>
#include <enlace/health_registry.hpp>
#include <enlace/json.hpp>
#include <enlace/responder.hpp>
#include <enlace/server_request.hpp>

namespace enlace {

/// Whose health it is.
struct health_identity {
  std::string service;
  std::string version;
};

/// Answers `/health` and `/status` for a service that calls others.
///
/// - `/health` asks nobody: the components, and for each dependency what the breaker of its service makes of it. Open,
///   it is unavailable; while probes go out, or when only some of its operations are open, degraded.
/// - `/status` checks the dependencies too, and adds `uptime_seconds` (since this was made), `dependencies`, `breakers`
///   and `latency`.
///
/// The worst of all is the service's status, where an optional dependency degrades it at most. An unavailable service
/// answers with 503, else with 200. Who accepts application/health+json first gets that
/// (draft-inadarei-api-health-check; without breakers and latency, for which it has no place).
///
/// Belongs to the loop of `caller`, which must outlive it; it must outlive its answers. Set up before the first one.
class health_endpoint {
 public:
  health_endpoint(health_identity who, client& caller);
  health_endpoint(health_identity who, client& caller, const health_registry_options& options);
  health_endpoint(const health_endpoint&) = delete;
  health_endpoint& operator=(const health_endpoint&) = delete;

  /// A service at that base URL, which answers at `{url}/health` itself. The breaker is that of the configured service
  /// at that address. Throws `failure` (VALIDATION_ERROR) when the URL is none, `std::invalid_argument` for a name
  /// that a dependency or a component has already.
  void depends_on(std::string name, std::string_view url, bool required = true);
  /// A part of the service itself. `look` is called for each page, so it must be quick; one that throws counts as
  /// unavailable. Throws as `depends_on` does for its name.
  void component(std::string name, std::function<health_status()> look);
  /// Where `latency` of `/status` comes from. It must not throw.
  void latency_from(std::function<json::object()> percentiles);

  /// False, with nothing done, when the path is neither of the two; else it has been answered: GET and HEAD with the
  /// page, others with 405.
  boost::asio::awaitable<bool> answer(const server_request& asked, responder& out);

 private:
  class page;
  struct own_component {
    std::string name;
    std::function<health_status()> look;
  };

  void require_new(std::string_view name) const;
  [[nodiscard]] page look_around() const;

  health_identity who_;
  client& caller_;
  duration check_timeout_;
  health_registry registry_;
  std::vector<own_component> components_;
  std::function<json::object()> percentiles_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace enlace
