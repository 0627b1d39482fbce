// A temporary aggregate inside a co_await expression is destroyed twice by g++ 12: docs/hazards/gcc12-coroutines.md.
// expect: no matching (function|constructor)|designated initiali[sz]er|could not convert
#include <type_traits>

#include <enlace/context.hpp>

static_assert(!std::is_aggregate_v<enlace::context>);

enlace::context make() {
#ifdef MUST_FAIL
  return {.tenant = "acme"};
#else
  return enlace::context().tenant("acme");
#endif
}
