#include <string>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <enlace/ambient.hpp>
#include <gtest/gtest.h>

namespace asio = boost::asio;

namespace enlace {
namespace {

using asio::cancellation_type;
using lines = std::vector<std::string>;

asio::awaitable<std::string> ambient_tenant() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const context* ambient = ambient_context(executor);
  co_return ambient == nullptr ? "(none)" : ambient->tenant().value_or("(unset)");
}

asio::awaitable<void> wait_long(lines& seen) {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  const auto outcome = co_await timer.async_wait(asio::as_tuple(asio::deferred));
  const boost::system::error_code error = std::get<0>(outcome);
  seen.push_back(error == asio::error::operation_aborted ? "inside: aborted" : "inside: " + error.message());
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() == cancellation_type::none) seen.emplace_back("inside: state not cancelled");
}

enum class filter { terminal, total };

/// A coroutine that lives through its own cancellation to tell what came of it.
asio::awaitable<void> guarded(filter which, lines& seen) {
  if (which == filter::total) co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await with_context(context().tenant("acme"), wait_long(seen));
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  seen.push_back(state.cancelled() == cancellation_type::none ? "after: not cancelled" : "after: cancelled");
  seen.push_back(co_await ambient_tenant());
}

lines cancel_guarded(filter which, cancellation_type type, bool on_strand = false) {
  asio::io_context loop;
  asio::cancellation_signal signal;
  lines seen;
  const asio::any_io_executor executor =
      on_strand ? asio::any_io_executor(asio::make_strand(loop)) : asio::any_io_executor(loop.get_executor());
  bool done = false;
  co_spawn(executor, guarded(which, seen),
           asio::bind_cancellation_slot(signal.slot(), [&done](std::exception_ptr) { done = true; }));
  loop.poll();
  asio::post(executor, [&] { signal.emit(type); });
  loop.restart();
  loop.poll();
  if (!done) seen.emplace_back("still waiting");
  return seen;
}

TEST(WithContextCancel, ReachesWhatRunsInside) {
  const lines expected = {"inside: aborted", "after: cancelled", "(none)"};
  EXPECT_EQ(cancel_guarded(filter::terminal, cancellation_type::terminal), expected);
  EXPECT_EQ(cancel_guarded(filter::terminal, cancellation_type::terminal, true), expected);
  EXPECT_EQ(cancel_guarded(filter::terminal, cancellation_type::all), expected);
}

TEST(WithContextCancel, TheFilterOfTheSurroundingCoroutineDecides) {
  EXPECT_EQ(cancel_guarded(filter::terminal, cancellation_type::total), lines{"still waiting"});
  EXPECT_EQ(cancel_guarded(filter::total, cancellation_type::total),
            (lines{"inside: aborted", "after: cancelled", "(none)"}));
}

asio::awaitable<void> wait_and_throw() {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  co_await timer.async_wait(asio::deferred);
}

asio::awaitable<void> careless(lines& seen) {
  co_await with_context(context().tenant("acme"), wait_and_throw());
  seen.emplace_back("not reached");
}

TEST(WithContextCancel, ThrowsInTheSurroundingCoroutineAsADirectAwaitWould) {
  asio::io_context loop;
  asio::cancellation_signal signal;
  lines seen;
  boost::system::error_code failed;
  co_spawn(loop, careless(seen), asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error) {
             try {
               if (error) std::rethrow_exception(error);
             } catch (const boost::system::system_error& thrown) {
               failed = thrown.code();
             }
           }));
  loop.poll();
  signal.emit(cancellation_type::terminal);
  loop.restart();
  loop.run();
  EXPECT_EQ(failed, asio::error::operation_aborted);
  EXPECT_EQ(seen, lines{});
}

/// A coroutine that is cancelled already must find that out inside as it would outside.
asio::awaitable<void> look_at_state(lines& seen) {
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  seen.emplace_back(state.cancelled() == cancellation_type::none ? "fresh" : "cancelled");
  seen.emplace_back(co_await asio::this_coro::throw_if_cancelled() ? "throws" : "goes on");
}

asio::awaitable<void> cancelled_before(asio::cancellation_signal& signal, lines& seen) {
  co_await asio::this_coro::throw_if_cancelled(false);
  signal.emit(cancellation_type::terminal);
  co_await with_context(context().tenant("acme"), look_at_state(seen));
}

TEST(WithContextCancel, ACancellationFromBeforeIsSeenInside) {
  asio::io_context loop;
  asio::cancellation_signal signal;
  lines seen;
  co_spawn(loop, cancelled_before(signal, seen),
           asio::bind_cancellation_slot(signal.slot(), [](std::exception_ptr) {}));
  loop.run();
  EXPECT_EQ(seen, (lines{"cancelled", "goes on"}));
}

asio::awaitable<void> wait_briefly() {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::seconds(0));
  co_await timer.async_wait(asio::deferred);
}

asio::awaitable<void> race(lines& seen) {
  using namespace asio::experimental::awaitable_operators;
  auto either = with_context(context().tenant("acme"), wait_long(seen)) || wait_briefly();
  const auto winner = co_await std::move(either);
  seen.push_back(std::to_string(winner.index()));
  seen.push_back(co_await ambient_tenant());
}

TEST(WithContextCancel, LosesARaceCleanly) {
  asio::io_context loop;
  lines seen;
  co_spawn(loop, race(seen), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
  EXPECT_EQ(seen, (lines{"inside: aborted", "1", "(none)"}));
}

asio::awaitable<void> race_inside(lines& seen) {
  using namespace asio::experimental::awaitable_operators;
  auto either = wait_long(seen) || wait_briefly();
  const auto winner = co_await std::move(either);
  seen.push_back(std::to_string(winner.index()));
  seen.push_back(co_await ambient_tenant());
}

TEST(WithContextCancel, RacesInsideKeepTheContext) {
  asio::io_context loop;
  lines seen;
  co_spawn(loop, with_context(context().tenant("acme"), race_inside(seen)), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
  EXPECT_EQ(seen, (lines{"inside: aborted", "1", "acme"}));
}

asio::awaitable<void> nested(lines& seen) { co_await with_context(context().agent("a"), wait_long(seen)); }

TEST(WithContextCancel, ReachesTheInnermost) {
  asio::io_context loop;
  asio::cancellation_signal signal;
  lines seen;
  bool done = false;
  co_spawn(loop, with_context(context().tenant("acme"), nested(seen)),
           asio::bind_cancellation_slot(signal.slot(), [&done](std::exception_ptr) { done = true; }));
  loop.poll();
  signal.emit(cancellation_type::terminal);
  loop.restart();
  loop.run();
  EXPECT_TRUE(done);
  EXPECT_EQ(seen, lines{"inside: aborted"});
}

asio::awaitable<void> hop() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::deferred);
}

asio::awaitable<void> many(lines& seen) {
  co_await asio::this_coro::throw_if_cancelled(false);
  for (int i = 0; i < 3; ++i) co_await with_context(context().tenant("acme"), hop());
  seen.emplace_back("hopped");
  co_await with_context(context().tenant("acme"), wait_long(seen));
}

TEST(WithContextCancel, WorksAfterEarlierStays) {
  asio::io_context loop;
  asio::cancellation_signal signal;
  lines seen;
  bool done = false;
  co_spawn(loop, many(seen), asio::bind_cancellation_slot(signal.slot(), [&done](std::exception_ptr) { done = true; }));
  loop.poll();
  ASSERT_EQ(seen, lines{"hopped"});
  signal.emit(cancellation_type::terminal);
  loop.restart();
  loop.run();
  EXPECT_TRUE(done);
  EXPECT_EQ(seen, (lines{"hopped", "inside: aborted"}));
}

}  // namespace
}  // namespace enlace
