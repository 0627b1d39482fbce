// Module: client
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <enlace/call_event.hpp>
#include <enlace/clock.hpp>
#include <enlace/health.hpp>
#include <enlace/options.hpp>
#include <enlace/reply.hpp>
#include <enlace/request.hpp>
#include <enlace/stream.hpp>
#include <enlace/transport.hpp>

namespace enlace {

/// What the clients of several loops share: breakers, budgets, limits, the cache, resolved names, the configuration.
/// Thread-safe. Opaque; made by `make_core`.
class client_core;

/// `seed` is for what the core draws (the jitter of cool-downs); without one it comes from the system.
[[nodiscard]] std::shared_ptr<client_core> make_core(options configuration = options(),
                                                     std::optional<std::uint64_t> seed = std::nullopt);

/// How a breaker is led by hand.
enum class breaker_override : std::uint8_t { automatic, force_open, force_closed, observe };

/// One breaker, as people look at it.
struct breaker_report {
  std::string service;
  /// Empty: for all operations of the service.
  std::string operation;
  breaker_state state = breaker_state::closed;
  /// Attempts in the window, and those of them that failed or were slow.
  std::uint64_t attempts = 0;
  std::uint64_t failures = 0;
  std::uint64_t slow = 0;
  /// Since the beginning: calls rejected, and how often it became open, half open and closed again.
  std::uint64_t rejected = 0;
  std::uint64_t opened = 0;
  std::uint64_t half_opened = 0;
  std::uint64_t closed = 0;
  /// Of an open one: seconds until it lets probes through.
  std::optional<seconds_d> retry_after;
};

/// Calls services, on its caller's loop. Coroutines of that loop alone may use it, one thread at a time (a
/// multi-threaded `io_context` wants a strand); several loops have a client each on one core, see `runtime`.
/// Calls in flight go on when the client is destroyed, but can't outlive its core's configuration.
class client {
 public:
  /// A client with a core of its own.
  explicit client(boost::asio::any_io_executor executor, options configuration = options());
  /// A client that shares what `core` holds.
  client(boost::asio::any_io_executor executor, std::shared_ptr<client_core> core);
  /// With a clock and a network of one's own, for tests and simulations. `seed` is for jitter and ids.
  client(std::shared_ptr<client_core> core, std::shared_ptr<clock> time, std::unique_ptr<transport> network,
         std::uint64_t seed);
  ~client();
  client(client&& other) noexcept;
  client& operator=(client&& other) noexcept;

  /// One call, from validation to the standard reply. Never throws for what happens on the wire; out of memory does.
  /// Ends by its deadline. Cancelled through the coroutine's cancellation slot it ends at once, with CANCELLED in the
  /// reply; connections, permits and places are given back.
  boost::asio::awaitable<reply> call(request asked);

  /// The same for an answer that is read as it comes. Of an operation that is not named the times are those of
  /// `llm_stream`. Nothing happens before the first `next`.
  [[nodiscard]] enlace::stream stream(request asked);

  /// Whether the service says that it is well: GET {url}/health within `timeout`. Never throws.
  boost::asio::awaitable<bool> check_service_health(std::string url, std::string name,
                                                    duration timeout = std::chrono::seconds(5));
  /// The same, with what there is to know.
  boost::asio::awaitable<health_report> health(std::string url, std::string name,
                                               duration timeout = std::chrono::seconds(5));

  /// Takes another configuration into use, for calls that begin from now on. Breakers, budgets, connections and the
  /// cache keep their state. For all clients of the core. What a core or a client is made with stays as it was made:
  /// `[cache]`, and `max_idle` and `connections_per_host` of `[client]`.
  void reload(options configuration);
  /// Drops the cached answers of a tenant, narrowed by what else is given; says how many. For all clients of the core.
  std::size_t invalidate(std::string tenant, std::optional<std::string> service = std::nullopt,
                         std::optional<std::string> operation = std::nullopt,
                         std::optional<std::string> collection = std::nullopt);
  /// Tells `who` of every attempt and call from now on, of all clients of the core; with the trails of all calls.
  void listen(std::shared_ptr<event_listener> who);
  [[nodiscard]] std::vector<breaker_report> breakers() const;
  /// False when no such service has been called or configured.
  bool override_breaker(std::string_view service, breaker_override how);

  [[nodiscard]] const std::shared_ptr<client_core>& core() const noexcept;
  /// Closes the idle connections.
  void close_idle() noexcept;

 private:
  friend class call_state;
  friend class health_registry;
  friend class enlace::stream;
  class loop;
  std::shared_ptr<loop> loop_;
};

}  // namespace enlace
