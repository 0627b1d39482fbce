// What coroutines give back or take by value: docs/hazards/gcc12-coroutines.md.
// expect: an aggregate
#include <type_traits>

#include <enlace/baggage.hpp>
#include <enlace/error.hpp>
#include <enlace/headers.hpp>
#include <enlace/reply.hpp>

#ifdef MUST_FAIL
struct checked {
  enlace::reply part;
};
#else
using checked = enlace::reply;
#endif
static_assert(!std::is_aggregate_v<checked>, "an aggregate");
static_assert(!std::is_aggregate_v<enlace::error>);
static_assert(!std::is_aggregate_v<enlace::headers>);
static_assert(!std::is_aggregate_v<enlace::baggage_entry>);
