#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace enlace::test {

/// Ends the program, for the fuzzer to see, where what must hold does not.
inline void require(bool holds, const char* what, std::string_view more = {}) {
  if (holds) return;
  std::fprintf(stderr, "%s: %s\n", what, std::string(more).c_str());
  std::abort();
}

}  // namespace enlace::test
