#include <exception>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/ambient.hpp>
#include <enlace/client.hpp>

#include "client/call_state.hpp"
#include "client/loop.hpp"
#include "net/signal.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

bool fired(const asio::cancellation_state& state) noexcept {
  return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace

/// The policy, from top to bottom.
asio::awaitable<reply> client::loop::run(std::shared_ptr<loop> self, request asked) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  // A cancellation becomes a reply. Whether others throw is the business of the caller's whole coroutine.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  const lease call(*self);
  std::exception_ptr raised;
  try {
    bool decided = !call->begin(*self, std::move(asked), ambient_context(executor)) || call->answer_from_cache();
    // A wait that begins after the cancellation isn't woken by it, hence the look before each.
    if (!decided && !fired(cancellation) && call->follow_flight()) {
      const clock_wait limit(*self->time, call->woken(), call->call_deadline());
      co_await call->woken().async_wait(asio::deferred);
      decided = call->take_flight(fired(cancellation));
    }
    decided = decided || !call->enter_limits();
    while (!decided && call->admit(fired(cancellation))) {
      co_await self->network->exchange(call->out, call->in);
      if (!call->settle(fired(cancellation))) break;
      if (call->wait_until() && !fired(cancellation)) {
        const clock_wait wait(*self->time, call->rearm(), *call->wait_until());
        co_await call->woken().async_wait(asio::deferred);
      }
      decided = !call->resume(fired(cancellation));
    }
  } catch (...) {
    raised = std::current_exception();
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (raised) std::rethrow_exception(raised);
  co_return call->finish();
}

}  // namespace enlace
