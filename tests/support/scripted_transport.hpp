#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/testing/virtual_clock.hpp>
#include <enlace/transport.hpp>

#include "net/signal.hpp"
#include "testing/network.hpp"

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
  scripted_answer& after(duration time) {
    latency = time;
    return *this;
  }

  wire_failure failure = wire_failure::none;
  bool sent = true;
  int status = 200;
  headers fields;
  std::string body;
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
    const boost::asio::cancellation_state cancellation = co_await boost::asio::this_coro::cancellation_state;
    in.clear();
    attempts.push_back(enlace::testing::describe_attempt(out, time_.now()));
    const scripted_answer answer = answer_(attempts.back());
    ++in_flight;
    most_in_flight = std::max(most_in_flight, in_flight);
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
    explicit flight_guard(scripted_transport& of) : of_(of) {}
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
