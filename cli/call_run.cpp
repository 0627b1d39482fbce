#include "cli/call_run.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/call_service.hpp>

namespace enlace::cli {

namespace asio = boost::asio;

call_run::call_run(asio::io_context& loop, options configuration, call_source& calls, answer_output& answers,
                   std::size_t workers, duration interval)
    : loop_(loop),
      calls_(calls),
      answers_(answers),
      client_(loop.get_executor(), configuration),
      interval_(interval),
      signals_(loop, SIGINT, SIGTERM),
      cancels_(workers) {
  if (auto how = configured_collector(configuration)) exported_.emplace(client_, *std::move(how));
}

int call_run::run() {
  signals_.async_wait([this](const boost::system::error_code& wrong, int signal) {
    if (!wrong) interrupt(signal);
  });
  working_ = cancels_.size();
  for (asio::cancellation_signal& cancel : cancels_) {
    auto ended = [this](const std::exception_ptr& why) { worker_ended(why); };
    asio::co_spawn(loop_, work(), asio::bind_cancellation_slot(cancel.slot(), std::move(ended)));
  }
  loop_.run();
  if (broken_) std::rethrow_exception(broken_);
  answers_.finish();
  constexpr int signal_base = 128;
  if (interrupted_by_ != 0) return signal_base + interrupted_by_;
  return answers_.failed() ? 1 : 0;
}

void call_run::interrupt(int signal) {
  interrupted_by_ = signal;
  signals_.clear();  // the next one ends the process
  for (asio::cancellation_signal& cancel : cancels_) cancel.emit(asio::cancellation_type::terminal);
}

void call_run::worker_ended(const std::exception_ptr& why) {
  if (why && !broken_) broken_ = why;
  // Idle connections and the signals would keep the loop.
  if (--working_ == 0 || broken_) loop_.stop();
}

asio::awaitable<void> call_run::work() {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (interrupted_by_ == 0) {
    std::optional<call_job> job = co_await calls_.next();
    if (!job) break;
    if (!job->asked) {
      answers_.put(job->number, create_error_response(job->asked.error().message, job->asked.error()));
      continue;
    }
    const bool started = co_await wait_for_start();
    if (!started) break;
    const reply answer = co_await client_.call(std::move(*job->asked));
    answers_.put(job->number, answer);
  }
}

asio::awaitable<bool> call_run::wait_for_start() {
  if (interval_ == duration::zero()) co_return interrupted_by_ == 0;
  const time_point now = std::chrono::steady_clock::now();
  const time_point start = std::max(now, next_start_);
  next_start_ = start + interval_;
  if (start > now) {
    asio::steady_timer timer(loop_, start);
    co_await timer.async_wait(asio::as_tuple(asio::deferred));
  }
  co_return interrupted_by_ == 0;
}

}  // namespace enlace::cli
