#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/call_event.hpp>
#include <enlace/client.hpp>
#include <enlace/exchange.hpp>

#include "cache/cache.hpp"
#include "cache/flight.hpp"
#include "context/call_context.hpp"
#include "context/trace_context.hpp"
#include "message/wire_request.hpp"
#include "net/signal.hpp"
#include "policy/breaker.hpp"
#include "policy/deadline.hpp"
#include "policy/limiter.hpp"
#include "policy/retry_decision.hpp"

namespace enlace {

struct call_target;

/// One call on its way through the pipeline: what is known of it, and its steps as plain functions, in the order in
/// which `run_call` takes them. A step that decides the call leaves the reply behind and says so. Reused from call to
/// call, so that its buffers are allocated once.
class call_state final : public waiter {
 public:
  call_state() = default;
  ~call_state();

  /// Validates the request, finds its target, its context and its deadline. False: decided, it is refused.
  bool begin(client::loop& on, request given, const context* ambient);
  /// The same for a stream: an attempt's time is that to its first event, and nothing is cached.
  bool begin_stream(client::loop& on, request given, const context* ambient);
  /// True: decided, from the cache.
  bool answer_from_cache();
  /// True: another call fetches this very answer; wait for `woken` until the deadline, then `take_flight`.
  bool follow_flight();
  /// True: decided. False: the other call gave up, and this one fetches the answer.
  bool take_flight(bool cancelled);
  /// A place among the calls in flight of the tenant and of the service. False: decided, there is none.
  bool enter_limits();

  /// The breaker's leave for one attempt, and what this attempt alone says in its head. False: decided.
  bool admit(bool cancelled);
  /// After the exchange: the permit learns of it, and the answer becomes a reply, or `unusable` where it can't be one.
  /// True: there is another attempt to make, at once or after waiting `until`. False: decided.
  bool settle(bool cancelled, const error* unusable = nullptr);
  /// How long to wait before the next attempt; nothing after a redirect.
  [[nodiscard]] std::optional<time_point> wait_until() const noexcept { return wait_until_; }
  /// After the wait. False: decided after all.
  bool resume(bool cancelled);

  /// Of a stream, instead of `settle`: its first event has come. The attempt goes on, and keeps its permit.
  void first_event();
  /// Of a stream that broke after events, and was concluded with that error: pays for another attempt, from the event
  /// after `last_event_id`, no sooner than the server asked for. False: there is none.
  bool begin_again(std::string_view last_event_id, std::optional<seconds_d> asked_wait);
  /// Decides the call from outside.
  void conclude(reply decided) { result_ = std::move(decided); }
  [[nodiscard]] const reply& concluded() const noexcept { return *result_; }
  [[nodiscard]] const profile& rules() const noexcept;
  [[nodiscard]] const request& asked() const noexcept { return asked_; }
  [[nodiscard]] const std::string& method() const noexcept { return wire_.method; }
  [[nodiscard]] std::string_view authority() const noexcept { return wire_.url.authority(); }
  /// Since the call began.
  [[nodiscard]] duration elapsed() const;
  [[nodiscard]] int attempts() const noexcept { return attempts_; }

  /// Stores the answer, lands the flight, tells what became of the call, gives everything back; takes the reply out.
  /// `stream_events`: how many a stream gave.
  reply finish(std::uint64_t stream_events = 0);
  void clear() noexcept;

  /// A fresh signal for the next wait.
  signal& rearm() { return woken_.emplace(); }
  [[nodiscard]] signal& woken() noexcept { return *woken_; }
  [[nodiscard]] time_point call_deadline() const noexcept { return deadline_.when(); }

  /// An attempt has become slow while it still runs.
  void on_due() noexcept override;

  outgoing out;
  incoming in;

 private:
  /// Notes what the flight's leader brings; on any thread.
  class follower final : public flight_follower {
   public:
    void on_landed(std::shared_ptr<const reply> landed, const span_place& by) noexcept override {
      answer = std::move(landed);
      fetched_by = by;
      woken->fire();
    }
    void on_leader_gone() noexcept override { woken->fire(); }
    std::shared_ptr<const reply> answer;
    span_place fetched_by;
    signal* woken = nullptr;
  };

  bool prepare_context(const context* ambient);
  void prepare_head();
  [[nodiscard]] cache_key make_key() const;
  void take_cached(const reply& kept, cache_use how, duration age);
  bool refuse(error why);
  bool reject(const admission& refused);
  void write_attempt_fields(time_point now);
  void make_reply(time_point now, attempt_result& outcome);
  bool decide(time_point now, const attempt_result& outcome);
  bool follow_redirect();
  [[nodiscard]] error wire_error(time_point now) const;
  void stop(stop_reason why);
  /// Tells of an attempt, and of the whole call.
  void tell_attempt(time_point now);
  void tell_call(time_point now, std::uint64_t stream_events);
  void say_more(call_event& over) const;
  /// Where in its trace the whole call stands.
  [[nodiscard]] span_place place() const;
  void keep_answer(time_point now);
  /// Whether somebody will read the trail.
  [[nodiscard]] bool noting() const noexcept;
  [[nodiscard]] bool sampled() const noexcept { return trace_ && trace_->sampled(); }
  void note(std::string_view what, std::string why);

  client::loop* loop_ = nullptr;
  request asked_{{}, {}};
  wire_request wire_;
  std::optional<call_context> context_;
  headers fields_;
  std::string attempt_fields_;
  std::shared_ptr<const call_target> target_;
  std::optional<trace_context> trace_;
  /// Of the attempt that is under way.
  trace_context attempt_trace_;
  /// Of a stream.
  std::optional<duration> first_event_;

  time_point started_{};
  time_point attempt_started_{};
  /// Of an attempt, or of a stream's attempt up to its first event. Zero: the time left.
  duration attempt_timeout_{};
  bool streaming_ = false;
  /// Attempts before those that now count: a stream that has given events starts anew.
  int attempts_before_ = 0;
  deadline deadline_;
  duration timeout_{};
  retry_options retry_;
  bool idempotent_ = false;
  int attempts_ = 0;
  bool redirected_ = false;
  bool retry_paid_ = false;
  std::optional<time_point> wait_until_;
  permit permit_;
  std::optional<limiter::slot> service_slot_;
  std::optional<tenant_limiter::slot> tenant_slot_;
  std::optional<signal> woken_;

  bool caching_ = false;
  duration cache_ttl_{};
  cache_key key_;
  std::uint64_t ticket_ = 0;
  /// An entry to fall back on: about to expire, or expired and allowed to be served stale.
  std::optional<cache_hit> fallback_;
  flight_lead lead_;
  follower follower_;
  bool following_ = false;

  std::optional<reply> result_;
  std::vector<trail_entry> trail_;
};

}  // namespace enlace
