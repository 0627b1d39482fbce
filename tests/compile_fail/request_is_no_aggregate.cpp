// A temporary aggregate inside a co_await expression is destroyed twice by g++ 12: docs/hazards/gcc12-coroutines.md.
// expect: no matching (function|constructor)|designated initiali[sz]er|could not convert
#include <type_traits>

#include <enlace/request.hpp>

static_assert(!std::is_aggregate_v<enlace::request>);

enlace::request make() {
#ifdef MUST_FAIL
  return {.method = "POST", .url = "http://embedding-service:8000/"};
#else
  return {"POST", "http://embedding-service:8000/"};
#endif
}
