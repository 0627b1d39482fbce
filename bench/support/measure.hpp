#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <vector>

// What each measuring program prints, and how it reckons; header-only, so that the floor stays without libraries.
namespace enlace::bench {

using steady = std::chrono::steady_clock;

inline double seconds_since(steady::time_point start) {
  return std::chrono::duration<double>(steady::now() - start).count();
}

/// User and system time so far, of the process or (RUSAGE_THREAD) of this thread alone.
inline double cpu_seconds(int of = RUSAGE_SELF) {
  rusage used{};
  getrusage(of, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// One stretch of calls: from its construction until `end`.
class stretch {
 public:
  stretch() : began_(steady::now()), cpu_(cpu_seconds()) {}

  [[nodiscard]] double elapsed() const { return seconds_since(began_); }

  /// Prints "calls=... seconds=... cpu_us=..." without an end of line.
  void end(std::size_t calls) const {
    const double cpu = cpu_seconds() - cpu_;
    std::printf("calls=%zu seconds=%.3f cpu_us=%.4f", calls, elapsed(), cpu * 1e6 / static_cast<double>(calls));
  }

 private:
  steady::time_point began_;
  double cpu_;
};

/// Prints " p50_us=... p99_us=...".
inline void print_latency(std::vector<float>& microseconds) {
  if (microseconds.empty()) return;
  std::sort(microseconds.begin(), microseconds.end());
  const auto at = [&](double part) {
    return static_cast<double>(
        microseconds[static_cast<std::size_t>(part * static_cast<double>(microseconds.size() - 1))]);
  };
  std::printf(" p50_us=%.1f p99_us=%.1f", at(0.5), at(0.99));
}

}  // namespace enlace::bench
