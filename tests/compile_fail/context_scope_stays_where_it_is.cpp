// A scope that could be copied or moved would put back another thread's context.
// expect: deleted
#include <type_traits>
#include <utility>

#include <enlace/ambient.hpp>

static_assert(!std::is_copy_constructible_v<enlace::context_scope>);
static_assert(!std::is_move_constructible_v<enlace::context_scope>);

void work() {
  enlace::context_scope scope(enlace::context().tenant("acme"));
#ifdef MUST_FAIL
  enlace::context_scope other(std::move(scope));
#endif
}
