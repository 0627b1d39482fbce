// Module: testing
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/client.hpp>
#include <enlace/context.hpp>
#include <enlace/exchange.hpp>
#include <enlace/options.hpp>
#include <enlace/random.hpp>
#include <enlace/reply.hpp>
#include <enlace/request.hpp>
#include <enlace/stream.hpp>
#include <enlace/testing/service.hpp>
#include <enlace/testing/started.hpp>
#include <enlace/testing/virtual_clock.hpp>

namespace enlace::testing {

class network;

/// Somebody who looks on, to check a promise after every event. All calls come on the world's thread.
class observer {
 public:
  observer() = default;
  observer(const observer&) = delete;
  observer& operator=(const observer&) = delete;
  virtual ~observer() = default;

  virtual void on_call(const started_call& /*began*/) {}
  /// An attempt sets out.
  virtual void on_attempt(const received& /*what*/) {}
  /// The service has executed it.
  virtual void on_executed(const received& /*what*/) {}
  /// An answer has reached the client that waited for it.
  virtual void on_answer(const received& /*to*/, const answer& /*what*/) {}
  /// The client waits for this attempt no more, however it ended.
  virtual void on_over(const received& /*what*/) {}
  virtual void on_reply(const started_call& /*ended*/) {}
  virtual void on_stream(const started_stream& /*began*/) {}
  /// A piece of an answer that is read as it comes has reached the client.
  virtual void on_piece(const received& /*of*/, std::string_view /*bytes*/) {}
  /// No more of such an answer will come; `none`: it was whole, as far as its framing tells.
  virtual void on_body_end(const received& /*of*/, wire_failure /*how*/) {}
  /// The stream's latest event has been given to its reader.
  virtual void on_event(const started_stream& /*by*/) {}
  /// It has ended, or was dropped.
  virtual void on_stream_end(const started_stream& /*ended*/) {}
  /// Something happened, whatever it was.
  virtual void after_event() {}
};

/// A promise that was not kept.
struct violation {
  /// In short: "run once".
  std::string promise;
  std::string what;
  /// Since the beginning of the world.
  duration at{};
};

/// Clients, services and the network between them in virtual time, on one thread: the real pipeline of enlace on a
/// simulated clock and network. One seed, one history.
///
/// On the way it checks what enlace promises of the calls that `start` and `call` begin: one reply each, by its
/// deadline; a request that is not idempotent is executed once at most; no attempt too many, too early, too late, or
/// past an open breaker; no tenant's id or answer with another; nothing left behind at the end. Of streams the same:
/// one ending each, by its deadline while the reader waits, and after an event nothing is sent again unless the stream
/// is to be resumed. Not thread-safe.
class world {
 public:
  explicit world(std::uint64_t seed = 1);
  world(const world&) = delete;
  world& operator=(const world&) = delete;
  ~world();

  /// The configuration of all clients; throws `failure` when it is not valid. Before the first `caller()` it makes the
  /// core; afterwards it is a reload.
  void configure(settings values);
  /// The client number `index`; made when it is asked for. All share one core, like the loops of one process.
  [[nodiscard]] client& caller(std::size_t index = 0);
  /// The service at "rag:8000", as it stands in URLs (and as `authority()` then says it: without a port that is 80);
  /// made, healthy, when it is asked for. Throws `failure` when it is no host and port.
  service& at(std::string_view authority);
  /// For what the history itself draws.
  [[nodiscard]] random_source& random() noexcept { return random_; }
  [[nodiscard]] virtual_clock& time() noexcept { return *time_; }
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  /// Since the beginning.
  [[nodiscard]] duration elapsed() const noexcept { return time_->now() - began_; }

  /// Begins a call; it goes on whenever the world runs.
  std::shared_ptr<started_call> start(request asked, std::optional<context> ambient = std::nullopt,
                                      std::size_t client_index = 0);
  /// Begins a stream, which a coroutine reads to its end, or as `how` says; it goes on whenever the world runs.
  std::shared_ptr<started_stream> start_stream(request asked, stream_reader how = {},
                                               std::optional<context> ambient = std::nullopt,
                                               std::size_t client_index = 0);
  /// One call, to its end.
  reply call(request asked, std::optional<context> ambient = std::nullopt);
  /// A coroutine, to its end. What it throws is thrown.
  template <class T>
  T run(boost::asio::awaitable<T> coroutine);
  void run(boost::asio::awaitable<void> coroutine);
  /// Begins a coroutine that goes on whenever the world runs.
  void spawn(boost::asio::awaitable<void> coroutine);
  /// Sleeps in virtual time.
  boost::asio::awaitable<void> sleep(duration span);

  /// Something to happen at that time after the beginning. `what` is for the trail. Finding a short history that still
  /// fails, `explore` leaves some of these out.
  void plan(duration when, std::string what, std::function<void()> happens);

  /// Until nothing is left to do, or a promise is broken.
  void run();
  void run_for(duration span);

  /// Told of everything from now on.
  void watch(std::shared_ptr<observer> who) { observers_.push_back(std::move(who)); }
  /// A promise of one's own was broken.
  void violated(std::string promise, std::string what);
  [[nodiscard]] const std::vector<violation>& violations() const noexcept { return violations_; }
  /// The configured name of the service at that address.
  [[nodiscard]] std::string service_name(std::string_view authority) const;
  /// Attempts whose client waits for them.
  [[nodiscard]] int in_flight() const noexcept;
  /// Nothing may be left to do or to wait for; violations otherwise. `explore` asks this at the end.
  void check_end();
  /// Time passes at one stroke, as for a process that was suspended. Nothing can end before that is over.
  void suspend(duration span);
  /// Of the last suspension.
  [[nodiscard]] time_point resumed() const noexcept { return resumed_; }

  /// What happened, a line each; empty unless `keep_trail` came first.
  [[nodiscard]] const std::vector<std::string>& trail() const noexcept { return trail_; }
  void keep_trail() noexcept { keeps_trail_ = true; }
  [[nodiscard]] bool keeps_trail() const noexcept { return keeps_trail_; }
  /// A line of one's own.
  void note(std::string line);

  /// The plans that do not happen, by their number; for `explore`.
  void leave_out(std::vector<bool> which) { left_out_ = std::move(which); }
  [[nodiscard]] std::size_t plans() const noexcept { return planned_; }

 private:
  class event;
  void run_until(time_point limit);
  void describe(started& made, const request& asked, const std::optional<context>& ambient, const char* begins);
  void ended(started_call& which, reply given);
  boost::asio::awaitable<void> read(stream from, std::shared_ptr<started_stream> which, stream_reader how);
  boost::asio::awaitable<void> pause(started_stream& which, duration span);
  void asks(started_stream& which);
  void took(started_stream& which, const stream& from, const stream_event& what);
  void ended(started_stream& which, const stream& from);
  void dropped(started_stream& which);
  friend class network;
  friend class network_transport;
  friend class exchange_job;
  template <class... Taken, class... Values>
  void tell(void (observer::*what)(Taken...), const Values&... values) {
    for (const std::shared_ptr<observer>& each : observers_) (each.get()->*what)(values...);
  }

  std::uint64_t seed_;
  random_source random_;
  std::shared_ptr<virtual_clock> time_;
  time_point began_;
  time_point resumed_{};
  boost::asio::io_context loop_{1};
  std::shared_ptr<network> network_;
  std::shared_ptr<client_core> core_;
  std::optional<options> configuration_;
  std::vector<std::unique_ptr<client>> clients_;
  std::vector<std::shared_ptr<observer>> observers_;
  std::shared_ptr<observer> promises_;
  std::uint64_t calls_ = 0;
  std::size_t planned_ = 0;
  std::vector<std::unique_ptr<event>> events_;
  std::vector<bool> left_out_;
  std::vector<violation> violations_;
  bool keeps_trail_ = false;
  std::vector<std::string> trail_;
};

template <class T>
T world::run(boost::asio::awaitable<T> coroutine) {
  std::optional<T> value;
  std::exception_ptr raised;
  boost::asio::co_spawn(loop_, std::move(coroutine), [&](std::exception_ptr e, T v) {
    raised = e;
    if (!e) value = std::move(v);
  });
  run();
  if (raised) std::rethrow_exception(raised);
  if (!value) throw std::logic_error("the coroutine waits for something that never comes");
  return std::move(*value);
}

}  // namespace enlace::testing
