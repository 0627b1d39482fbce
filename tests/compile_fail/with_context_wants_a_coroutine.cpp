// A plain function would have run before the context holds.
// expect: no matching function
#include <enlace/ambient.hpp>

boost::asio::awaitable<int> answer() { co_return 42; }

boost::asio::awaitable<int> work() {
#ifdef MUST_FAIL
  co_return co_await enlace::with_context(enlace::context().tenant("acme"), [] { return 42; });
#else
  co_return co_await enlace::with_context(enlace::context().tenant("acme"), answer());
#endif
}
