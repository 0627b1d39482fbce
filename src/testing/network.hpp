#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include <enlace/testing/service.hpp>
#include <enlace/testing/world.hpp>
#include <enlace/transport.hpp>

#include "net/signal.hpp"
#include "testing/timed_body.hpp"

namespace enlace::testing {

class network;

/// One attempt on its way: it arrives, is executed, and answered. It goes on when its caller has gone, as it does in
/// the world: what was sent is executed.
class exchange_job final : public waiter, public std::enable_shared_from_this<exchange_job> {
 public:
  exchange_job(network& on, service& to, received what, random_source& random);
  exchange_job(const exchange_job&) = delete;
  exchange_job& operator=(const exchange_job&) = delete;
  ~exchange_job();

  void on_due() noexcept override;
  /// Sets out. `connect_timeout`: when a caller that can't get through gives up.
  void depart(duration connect_timeout);
  [[nodiscard]] bool over() const noexcept { return stage_ == stage::over; }

  /// Whose coroutine waits; null when it is gone.
  signal* caller = nullptr;
  bool sent = true;
  bool reused_connection = false;
  /// How it ended, and how far it has come.
  wire_failure failure = wire_failure::none;
  wire_phase phase = wire_phase::first_byte;
  answer result;
  received request;
  /// What becomes of a body that is read piece by piece.
  [[nodiscard]] std::unique_ptr<timed_body> body();

 private:
  enum class stage : std::uint8_t { travelling, returning, over, vanished };
  enum class fate : std::uint8_t {
    served,
    refused,
    stale,
    lost,
    reset_before,
    reset_after,
    truncated,
    malformed,
    dripping,
    stalling,
    hanging,
    failing
  };
  [[nodiscard]] static fate draw(const conditions& how, random_source& random) noexcept;
  void arrive();
  void execute();
  void come_back();
  void end(wire_failure with, wire_phase where) noexcept;
  void vanish() noexcept;
  void leave_service() noexcept;

  network& network_;
  service& to_;
  conditions how_;
  fate fate_;
  stage stage_ = stage::travelling;
  /// Where a body breaks or stalls: the share of it that still comes.
  double cut_at_ = 0;
  duration half_way_{};
  std::uint64_t life_;
  bool busy_ = false;
};

/// The services and the attempts between them and the clients of one world.
class network {
 public:
  network(std::shared_ptr<virtual_clock> time, std::uint64_t seed)
      : time_(std::move(time)), seed_(seed), random_(seed) {}

  [[nodiscard]] service& at(std::string_view authority);
  [[nodiscard]] service* find(std::string_view authority) noexcept;
  /// Where the attempts are told of.
  void watch(world& in) noexcept { world_ = &in; }
  /// The world ends: nobody is told any more, and what is on its way gets nowhere.
  void leave() noexcept {
    world_ = nullptr;
    jobs_.clear();
  }
  /// Attempts whose caller waits.
  [[nodiscard]] int in_flight() const noexcept { return in_flight_; }

  [[nodiscard]] std::shared_ptr<exchange_job> send(service& to, received what, duration connect_timeout);
  [[nodiscard]] virtual_clock& time() noexcept { return *time_; }
  /// Null once the world is gone.
  [[nodiscard]] world* told() const noexcept { return world_; }
  void forget(const exchange_job& job) noexcept { jobs_.erase(&job); }
  void caller_waits(int more) noexcept { in_flight_ += more; }

 private:
  std::shared_ptr<virtual_clock> time_;
  std::uint64_t seed_;
  random_source random_;
  std::map<std::string, std::unique_ptr<service>, std::less<>> services_;
  std::unordered_map<const exchange_job*, std::shared_ptr<exchange_job>> jobs_;
  world* world_ = nullptr;
  int in_flight_ = 0;
};

/// An attempt as a service would receive it.
[[nodiscard]] received describe_attempt(const outgoing& out, time_point now);

/// A client's way into the network.
class network_transport final : public transport {
 public:
  explicit network_transport(std::shared_ptr<network> on) : network_(std::move(on)) {}
  boost::asio::awaitable<void> exchange(const outgoing& out, incoming& in) override;
  boost::asio::awaitable<std::unique_ptr<incoming_body>> open(const outgoing& out, incoming& in) override;
  void close_idle() noexcept override {}

 private:
  class attempt;
  class told_body;
  /// To the head of the answer, or to what went wrong before; null when there is no such service.
  boost::asio::awaitable<std::shared_ptr<attempt>> to_head(const outgoing& out, incoming& in);

  std::shared_ptr<network> network_;
};

}  // namespace enlace::testing
