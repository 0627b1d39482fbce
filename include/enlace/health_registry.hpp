// Module: client
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <enlace/client.hpp>
#include <enlace/clock.hpp>
#include <enlace/health.hpp>
#include <enlace/url.hpp>

namespace enlace {

/// Construction-time options of a `health_registry`.
struct health_registry_options {
  /// How long what a check has found stands in for asking again. Zero: only checks that are under way are shared.
  duration keep = std::chrono::seconds(1);
  /// What a check has, or more where an asker grants more. More than zero.
  duration timeout = std::chrono::seconds(5);
};

/// One service that another needs.
struct health_dependency {
  std::string name;
  /// Its base, before "/health".
  enlace::url url;
  /// Whether nothing works without it.
  bool required = true;
};

/// Asks many services side by side how they are, each at most once at a time and once in `keep`, however many want to
/// know. A check is nobody's own: it is made without its askers' contexts, and goes on when they are cancelled or have
/// waited long enough.
///
/// Belongs to the loop of its client, as that does. Checks under way go on when it is destroyed, and end by their time.
class health_registry {
 public:
  explicit health_registry(client& by);
  health_registry(client& by, const health_registry_options& options);
  ~health_registry();
  health_registry(health_registry&& other) noexcept;
  health_registry& operator=(health_registry&& other) noexcept;

  /// Throws `failure` (VALIDATION_ERROR) when the URL is none, `std::invalid_argument` for a name that is there.
  void add(std::string name, std::string_view url, bool required = true);
  /// In the order in which they were added.
  [[nodiscard]] const std::vector<health_dependency>& dependencies() const noexcept;

  /// What is to be said of each, in the order of `dependencies`. Takes as long as the slowest; whoever has said nothing
  /// within `timeout`, or by the ambient context's deadline, is unavailable. So it is for an asker that is cancelled,
  /// at once. Never throws for what happens on the wire.
  boost::asio::awaitable<std::vector<health_report>> check_all(duration timeout = std::chrono::seconds(5));
  /// The same of one. A name that is not there is unavailable.
  boost::asio::awaitable<health_report> check(std::string name, duration timeout = std::chrono::seconds(5));

 private:
  class state;
  std::shared_ptr<state> state_;
};

}  // namespace enlace
