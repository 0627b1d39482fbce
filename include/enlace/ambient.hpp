// Module: context
#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/context.hpp>

namespace enlace {

/// The executor, owning a context: what runs on it is done on that context's behalf. For `co_spawn`:
///
///     co_spawn(bind_context(loop.get_executor(), context().tenant("acme")), work(), detached);
///
/// A context that the executor already owns is replaced, not merged (`context::over` merges). Wraps any executor,
/// strands included; one allocation here, none later. Thread-safe.
[[nodiscard]] boost::asio::any_io_executor bind_context(const boost::asio::any_io_executor& executor, context owned);

/// The executor without its context, as it was before `bind_context`: for background work and for sockets and timers
/// that outlive the call which made them.
[[nodiscard]] boost::asio::any_io_executor unbind_context(const boost::asio::any_io_executor& executor);

/// The context that the executor owns, or null. Sees through a `strand<any_io_executor>` made of such an executor.
/// Lives as long as any copy of the executor; within a coroutine that runs on it, as long as the coroutine.
/// A `context_scope` of the thread plays no part: inside a coroutine it would be a neighbour's.
[[nodiscard]] const context* ambient_context(const boost::asio::any_io_executor& executor) noexcept;

/// Makes a context the current one of this thread until the end of the scope, over that of an enclosing scope.
/// For threads and for `enlace::blocking` only. In a coroutine it leaks to whatever else runs on the thread while the
/// coroutine is suspended, and is lost when the coroutine goes on elsewhere; use `with_context` there.
class [[nodiscard]] context_scope {
 public:
  explicit context_scope(const context& inner);
  ~context_scope();
  context_scope(const context_scope&) = delete;
  context_scope& operator=(const context_scope&) = delete;

  /// The context of the innermost scope of this thread, or null.
  [[nodiscard]] static const context* current() noexcept;

 private:
  context merged_;
  const context_scope* enclosing_;
};

/// Something that is called without arguments and gives a coroutine.
template <class F>
concept coroutine_function = requires(F& f) { []<class T>(const boost::asio::awaitable<T>&) {}(f()); };

/// What a coroutine under `with_context` takes over from the one around it. Not for direct use.
class surrounding_coroutine {
 public:
  boost::asio::cancellation_signal signal;
  boost::asio::cancellation_type_t cancelled = boost::asio::cancellation_type::none;
  bool throws = true;
};

/// The part of `with_context` that runs on the bound executor. Not for direct use.
template <class T, class Result>
boost::asio::awaitable<void> run_within(surrounding_coroutine& outer, boost::asio::awaitable<T> work, Result& result) {
  // The surrounding coroutine has filtered what reaches us; work sees it as if it were awaited directly.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
  co_await boost::asio::this_coro::throw_if_cancelled(outer.throws);
  if (outer.cancelled != boost::asio::cancellation_type::none) outer.signal.emit(outer.cancelled);
  if constexpr (std::is_void_v<T>) {
    co_await std::move(work);
  } else {
    result.emplace(co_await std::move(work));
  }
}

/// Runs `work` on behalf of `inner`, laid over the ambient context: `co_await with_context(ctx, answer(client, id))`.
/// The coroutine has it across every suspension, on whatever thread it goes on, and so have the coroutines that it
/// awaits; nothing else on the loop has. Afterwards, whether by result, exception or cancellation, the ambient context
/// is what it was before. Cancellation reaches `work` as if it were awaited directly; its result need not be default
/// constructible. Throws what `work` throws.
template <class T>
boost::asio::awaitable<T> with_context(context inner, boost::asio::awaitable<T> work) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  const context* ambient = ambient_context(executor);
  const boost::asio::any_io_executor bound =
      bind_context(executor, ambient == nullptr ? std::move(inner) : inner.over(*ambient));
  // Work counted once for the whole stay, so that the single operations inside need not begin and end it.
  const boost::asio::any_io_executor kept_busy =
      boost::asio::prefer(bound, boost::asio::execution::outstanding_work.tracked);

  surrounding_coroutine outer;
  boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
  outer.cancelled = state.cancelled();
  outer.throws = co_await boost::asio::this_coro::throw_if_cancelled();
  if (state.slot().is_connected()) {
    state.slot().assign([&outer](boost::asio::cancellation_type_t type) { outer.signal.emit(type); });
  }
  std::conditional_t<std::is_void_v<T>, bool, std::optional<T>> result{};
  // Named, not a temporary of the co_await expression: see docs/hazards/gcc12-coroutines.md.
  auto run = boost::asio::async_initiate<const boost::asio::deferred_t, void(std::exception_ptr)>(
      [slot = outer.signal.slot()](auto handler, const boost::asio::any_io_executor& on,
                                   boost::asio::awaitable<void> body) {
        boost::asio::co_spawn(on, std::move(body), boost::asio::bind_cancellation_slot(slot, std::move(handler)));
      },
      boost::asio::deferred, bound, run_within(outer, std::move(work), result));
  co_await std::move(run);
  if constexpr (!std::is_void_v<T>) co_return std::move(*result);
}

/// The same for a callable that gives the coroutine. A capturing lambda must have a name (`auto f = [&]...;`) or the
/// result of this call must (`auto task = with_context(ctx, [&]...); co_await std::move(task);`), because of g++ 12.
template <class F>
  requires coroutine_function<F>
auto with_context(context inner, F f) -> std::invoke_result_t<F&> {
  co_return co_await with_context(std::move(inner), f());
}

}  // namespace enlace
