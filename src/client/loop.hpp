#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <enlace/client.hpp>
#include <enlace/random.hpp>

#include "client/call_state.hpp"
#include "client/core.hpp"

namespace enlace {

/// Everything that calls to one operation of one service go by, looked up once and kept until the next reload.
struct call_target {
  std::shared_ptr<const options> configuration;
  profile rules;
  std::shared_ptr<service> to;
  breaker* guard = nullptr;
  std::shared_ptr<service_metrics> numbers;
  /// Of this loop alone, like the target itself.
  mutable service_metrics::latest latest_outcome;
};

/// One client on its loop. Shared with the calls in flight.
class client::loop {
 public:
  loop(std::shared_ptr<client_core> core, std::shared_ptr<clock> time, std::unique_ptr<transport> network,
       std::uint64_t seed);

  /// One call, whole.
  static boost::asio::awaitable<reply> run(std::shared_ptr<loop> self, request asked);

  static boost::asio::awaitable<health_report> health(std::shared_ptr<loop> self, std::string service_url,
                                                      std::string name, duration timeout);

  [[nodiscard]] std::shared_ptr<const call_target> target(const url& to, std::string_view operation);
  /// A call's state, lent by its loop; it goes back also when the coroutine is destroyed half-way.
  class lease {
   public:
    explicit lease(loop& from) : from_(from), state_(from.take_state()) {}
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() { from_.give_back(std::move(state_)); }
    call_state* operator->() const noexcept { return state_.get(); }
    call_state& operator*() const noexcept { return *state_; }

   private:
    loop& from_;
    std::unique_ptr<call_state> state_;
  };

  std::shared_ptr<client_core> core;
  std::shared_ptr<clock> time;
  std::unique_ptr<transport> network;
  random_source random;

 private:
  [[nodiscard]] std::unique_ptr<call_state> take_state();
  void give_back(std::unique_ptr<call_state> used) noexcept;

  static constexpr std::size_t targets_most = 4096;
  static constexpr std::size_t states_most = 256;

  std::uint64_t generation_ = 0;
  std::shared_ptr<const options> configuration_;
  std::unordered_map<std::string, std::shared_ptr<const call_target>> targets_;
  std::string key_;  // reused, so that a look-up allocates nothing
  std::vector<std::unique_ptr<call_state>> spare_;
};

}  // namespace enlace
