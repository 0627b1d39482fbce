// A key without its value.
// expect: keys and values in turn
#include <enlace/json.hpp>

enlace::json::object make() {
#ifdef MUST_FAIL
  return enlace::object("text", "hello", "top_k");
#else
  return enlace::object("text", "hello", "top_k", 5);
#endif
}
