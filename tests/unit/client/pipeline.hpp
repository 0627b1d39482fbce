#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/ambient.hpp>
#include <enlace/client.hpp>

#include "support/scripted_transport.hpp"

namespace enlace::test {

/// The real pipeline on a virtual clock and a scripted network.
class pipeline {
 public:
  explicit pipeline(settings values = settings(), std::uint64_t seed = 42)
      : core(make_core(options::make(std::move(values)).value())), time(std::make_shared<virtual_clock>()) {
    auto network =
        std::make_unique<scripted_transport>(*time, [this](const sent_attempt& attempt) { return answer(attempt); });
    wire = network.get();
    caller.emplace(core, time, std::move(network), seed);
  }

  /// A call that runs when `run` does.
  class pending {
   public:
    std::optional<reply> answer;
    boost::asio::cancellation_signal cancel;
    time_point ended{};
  };
  std::shared_ptr<pending> start(request asked, std::optional<context> ambient = std::nullopt) {
    auto made = std::make_shared<pending>();
    boost::asio::any_io_executor executor = loop.get_executor();
    if (ambient) executor = bind_context(executor, *ambient);
    boost::asio::co_spawn(
        executor, caller->call(std::move(asked)),
        boost::asio::bind_cancellation_slot(made->cancel.slot(), [this, made](std::exception_ptr raised, reply r) {
          if (raised) std::rethrow_exception(raised);
          made->answer = std::move(r);
          made->ended = time->now();
        }));
    return made;
  }
  void run() { time->run(loop); }
  void run_for(duration span) {
    const time_point until = time->now() + span;
    time->run(loop, until);
    if (time->now() < until) time->advance(until - time->now());
  }
  reply call(request asked, std::optional<context> ambient = std::nullopt) {
    auto made = start(std::move(asked), std::move(ambient));
    run();
    return std::move(made->answer).value();
  }
  [[nodiscard]] std::vector<sent_attempt>& sent() { return wire->attempts; }
  /// What the next attempts are answered with, in order; afterwards `otherwise`.
  std::deque<scripted_answer> script;
  scripted_answer otherwise{200, R"({"answer":1})"};
  scripted_transport::script answer = [this](const sent_attempt&) {
    if (script.empty()) return otherwise;
    scripted_answer next = script.front();
    script.pop_front();
    return next;
  };

  boost::asio::io_context loop{1};
  std::shared_ptr<client_core> core;
  std::shared_ptr<virtual_clock> time;
  scripted_transport* wire = nullptr;
  std::optional<client> caller;
};

inline std::string_view stopped_by(const reply& r) {
  const json::value* why = r.error().details.if_contains("stopped_by");
  return why == nullptr ? std::string_view() : std::string_view(why->get_string());
}

inline constexpr const char* here = "http://service:80/path";

}  // namespace enlace::test
