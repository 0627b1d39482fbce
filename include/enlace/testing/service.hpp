// Module: testing
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/clock.hpp>
#include <enlace/headers.hpp>
#include <enlace/random.hpp>
#include <enlace/testing/virtual_clock.hpp>

namespace enlace::testing {

/// How long something takes.
class latency {
 public:
  /// Always the same.
  [[nodiscard]] static latency fixed(duration always) noexcept;
  /// Uniform.
  [[nodiscard]] static latency between(duration least, duration most) noexcept;
  /// Log-normal, as services under load are: half of it takes at most `median`. `sigma` 0.5 is calm, 1.5 has a long
  /// tail (99 % within 33 x the median). No more than an hour.
  [[nodiscard]] static latency around(duration median, double sigma) noexcept;

  [[nodiscard]] duration draw(random_source& random) const noexcept;

 private:
  enum class shape : std::uint8_t { uniform, log_normal };
  latency(shape s, duration a, duration b, double sigma) noexcept : shape_(s), a_(a), b_(b), sigma_(sigma) {}
  shape shape_;
  duration a_;
  duration b_;
  double sigma_;
};

/// How a service and the way to it fare. The shares are of all attempts, 0 to 1; together they are at most 1.
struct conditions {
  /// From the first byte sent to the last byte received; the service executes the request half-way.
  latency takes = latency::between(std::chrono::milliseconds(1), std::chrono::milliseconds(20));
  /// Nobody accepts the connection.
  double refused = 0;
  /// A reused connection turns out to be closed: nothing was sent.
  double stale = 0;
  /// Nothing comes through: no connection within the connect timeout.
  double lost = 0;
  /// The connection breaks before the request is executed, ...
  double reset_before = 0;
  /// ... or after, before the answer.
  double reset_after = 0;
  /// Executed; the connection ends inside the answer.
  double truncated = 0;
  /// Executed; what comes back is no HTTP.
  double malformed = 0;
  /// Executed; the answer comes byte by byte over `drip`.
  double dripping = 0;
  duration drip = std::chrono::seconds(30);
  /// Executed; a streamed answer comes up to some byte of it, then nothing, and the connection stays.
  double stalling = 0;
  /// Executed, never answered.
  double hanging = 0;
  /// Executed, answered with 500.
  double failing = 0;
  /// Requests that the service works on at once; those beyond are refused, not executed. Zero: no limit.
  int capacity = 0;
  /// What a refused one is told: 503 or 429, with `Retry-After` unless that is zero (whole seconds, rounded up).
  int overload_status = 503;
  duration retry_after = std::chrono::seconds(1);
};

/// One attempt, as it reached the network.
struct received {
  /// Of `world::start`; 0 for calls made through a client directly.
  std::uint64_t call = 0;
  std::string method;
  std::string authority;
  /// Path and query.
  std::string target;
  headers fields;
  std::string body;
  time_point at{};
  time_point deadline{};
  /// Whether the service executed it.
  bool executed = false;

  /// Of X-Tenant-ID; empty: none.
  [[nodiscard]] std::string_view tenant() const noexcept { return fields.get("X-Tenant-ID").value_or(""); }
};

/// A piece of a body, and how long after the one before it comes.
struct body_piece {
  duration after{};
  std::string bytes;
};

/// What a service answers.
class answer {
 public:
  /// JSON.
  explicit answer(int with_status = 200, std::string with_body = "{}");
  answer& with(std::string_view name, std::string_view value) {
    fields.add(name, value);
    return *this;
  }
  /// A body that comes piece by piece, the first one with the head, each other `every` after the one before. It takes
  /// the place of `body`; whoever reads the answer whole gets it when the last one is there.
  answer& streams(std::string_view content_type, std::vector<std::string> in_pieces, duration every);
  /// Nothing but the end of the connection ends the body: whoever dies in the middle looks like one who is done.
  answer& until_close() {
    ends_with_connection = true;
    return *this;
  }

  int status;
  headers fields;
  std::string body;
  std::vector<body_piece> pieces;
  bool ends_with_connection = false;
};

/// A simulated service: what it answers, and what befalls it. Belongs to its `world`. Not thread-safe.
class service {
 public:
  service(std::string authority, virtual_clock& time);
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  /// Runs when a request has come through; must not throw. Without one the service answers 200 and an empty object.
  /// A request counts as executed unless the answer says that it was not: 307, 308, 421, 429, 503 with `Retry-After`.
  service& answers(std::function<answer(const received&)> with);
  /// From now on.
  service& fares(conditions how);
  /// From now on, for so long; then as before.
  service& fares_for(duration span, conditions how);
  /// From now on the service refuses connections for `down`, having broken those that were open. Then it is slow: its
  /// latency starts at ten times the usual and is back to it after `slow_start`.
  service& restarts(duration down, duration slow_start = duration::zero());
  /// Nothing gets through, either way, for so long. What was being executed is executed.
  service& partitioned_for(duration span);
  /// All is over: up, reachable, not slow, and faring as `how` says.
  service& recovers(conditions how);
  /// Off: `requests()` stays empty, for runs of many calls.
  service& keeps_requests(bool yes = true);

  [[nodiscard]] const std::string& authority() const noexcept { return authority_; }
  /// Every request that came through, in order.
  [[nodiscard]] const std::vector<received>& requests() const noexcept { return requests_; }
  /// Attempts, whatever became of them.
  [[nodiscard]] std::uint64_t attempts() const noexcept { return attempts_; }
  [[nodiscard]] std::uint64_t executed() const noexcept { return executed_; }
  [[nodiscard]] int busy() const noexcept { return busy_; }

 private:
  friend class network;
  friend class exchange_job;
  struct spell {
    time_point until;
    conditions how;
  };
  [[nodiscard]] const conditions& now_faring() noexcept;
  /// What its latency is multiplied by.
  [[nodiscard]] double slowness() const noexcept;
  [[nodiscard]] bool is_down() const noexcept { return time_.now() < down_until_; }
  [[nodiscard]] bool is_cut() const noexcept { return time_.now() < cut_until_; }

  std::string authority_;
  virtual_clock& time_;
  std::function<answer(const received&)> answers_;
  conditions usual_;
  std::vector<spell> spells_;
  time_point down_until_{};
  time_point slow_until_{};
  duration slow_start_{};
  time_point cut_until_{};
  /// Rises with every restart: connections made before it are broken.
  std::uint64_t life_ = 0;
  bool keeps_requests_ = true;
  std::vector<received> requests_;
  std::uint64_t attempts_ = 0;
  std::uint64_t executed_ = 0;
  int busy_ = 0;
};

}  // namespace enlace::testing
