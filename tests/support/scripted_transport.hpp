#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/testing/virtual_clock.hpp>
#include <enlace/transport.hpp>

#include "net/signal.hpp"
#include "testing/network.hpp"
#include "testing/timed_body.hpp"

namespace enlace::test {

using enlace::testing::virtual_clock;

/// What a scripted service does with one attempt.
class scripted_answer {
 public:
  scripted_answer() = default;
  explicit scripted_answer(int with_status, std::string with_body = "{}")
      : status(with_status), body(std::move(with_body)) {
    fields.add("Content-Type", "application/json");
  }
  static scripted_answer broken(wire_failure how, bool was_sent) {
    scripted_answer made;
    made.failure = how;
    made.sent = was_sent;
    return made;
  }
  scripted_answer& with(std::string_view name, std::string_view value) {
    fields.add(name, value);
    return *this;
  }
  /// A body in pieces, each so long after the one before, and how it ends.
  scripted_answer& streams(std::string_view content_type, std::vector<std::string> in_pieces,
                           duration every = std::chrono::milliseconds(100),
                           enlace::testing::body_end end = enlace::testing::body_end::whole) {
    fields.set("Content-Type", content_type);
    body.clear();
    for (std::string& each : in_pieces) {
      pieces.push_back({pieces.empty() ? duration::zero() : every, std::move(each)});
    }
    body_ends = end;
    return *this;
  }
  scripted_answer& until_close() {
    ends_with_connection = true;
    return *this;
  }
  scripted_answer& after(duration time) {
    latency = time;
    return *this;
  }

  wire_failure failure = wire_failure::none;
  bool sent = true;
  int status = 200;
  headers fields;
  std::string body;
  std::vector<enlace::testing::body_piece> pieces;
  enlace::testing::body_end body_ends = enlace::testing::body_end::whole;
  bool ends_with_connection = false;
  duration latency = std::chrono::milliseconds(1);
};

/// One attempt as it went out.
using sent_attempt = enlace::testing::received;

/// A network of which the test decides everything, in virtual time. Honours deadline and cancellation.
class scripted_transport final : public transport {
 public:
  using script = std::function<scripted_answer(const sent_attempt&)>;

  scripted_transport(virtual_clock& time, script answer) : time_(time), answer_(std::move(answer)) {}

  boost::asio::awaitable<void> exchange(const outgoing& out, incoming& in) override {
    scripted_answer given;
    co_await answer_to(out, in, given);
  }

  boost::asio::awaitable<std::unique_ptr<incoming_body>> open(const outgoing& out, incoming& in) override {
    scripted_answer given;
    co_await answer_to(out, in, given);
    if (in.failure != wire_failure::none) co_return nullptr;
    if (given.pieces.empty() && !in.body.empty()) given.pieces.push_back({duration::zero(), std::move(in.body)});
    in.body.clear();
    in.ends_with_connection = given.ends_with_connection;
    auto body = std::make_unique<enlace::testing::timed_body>(time_, std::move(given.pieces), given.body_ends);
    body->holds = std::make_shared<flight_guard>(*this);
    co_return body;
  }

  boost::asio::awaitable<void> answer_to(const outgoing& out, incoming& in, scripted_answer& answer) {
    const boost::asio::cancellation_state cancellation = co_await boost::asio::this_coro::cancellation_state;
    in.clear();
    attempts.push_back(enlace::testing::describe_attempt(out, time_.now()));
    answer = answer_(attempts.back());
    const flight_guard guard(*this);
    const time_point done = std::min(out.deadline, time_.now() + answer.latency);
    signal woken;
    {
      const clock_wait wait(time_, woken, done);
      co_await woken.async_wait(boost::asio::deferred);
    }
    in.sent = answer.sent;
    if (cancellation.cancelled() != boost::asio::cancellation_type::none) {
      in.failure = wire_failure::cancelled;
    } else if (time_.now() >= out.deadline) {
      in.failure = wire_failure::timeout;
      in.phase = wire_phase::first_byte;
    } else if (answer.failure != wire_failure::none) {
      in.failure = answer.failure;
      in.phase = answer.sent ? wire_phase::first_byte : wire_phase::connect;
    } else {
      in.status = answer.status;
      in.headers = answer.fields;
      in.body = answer.body;
      in.phase = wire_phase::body;
    }
  }
  void close_idle() noexcept override {}

  std::vector<sent_attempt> attempts;
  int in_flight = 0;
  int most_in_flight = 0;

 private:
  class flight_guard {
   public:
    explicit flight_guard(scripted_transport& of) : of_(of) {
      ++of_.in_flight;
      of_.most_in_flight = std::max(of_.most_in_flight, of_.in_flight);
    }
    flight_guard(const flight_guard&) = delete;
    flight_guard& operator=(const flight_guard&) = delete;
    ~flight_guard() { --of_.in_flight; }

   private:
    scripted_transport& of_;
  };

  virtual_clock& time_;
  script answer_;
};

}  // namespace enlace::test
