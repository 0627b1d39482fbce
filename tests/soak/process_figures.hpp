#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>

namespace enlace::test {

/// What this process holds in memory, in bytes.
[[nodiscard]] inline std::uint64_t resident_bytes() {
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// How many descriptors this process has open; 0 when it can't open the one that it takes to look.
[[nodiscard]] inline std::size_t descriptors_open() {
  std::error_code none_left;
  std::filesystem::directory_iterator each("/proc/self/fd", none_left);
  if (none_left) return 0;
  std::size_t count = 0;
  for (; each != std::filesystem::directory_iterator(); each.increment(none_left)) ++count;
  return count - 1;
}

}  // namespace enlace::test
