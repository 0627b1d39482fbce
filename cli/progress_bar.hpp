#pragma once

#include <cstddef>
#include <optional>

#include <enlace/clock.hpp>

namespace enlace::cli {

/// How far a run of calls has come, in the last line of the terminal behind stderr. Redrawn ten times a second.
class progress_bar {
 public:
  /// `total`: how many calls there will be; nothing when nobody knows.
  explicit progress_bar(std::optional<std::size_t> total) : total_(total) {}

  /// Draws it anew, if it is not there or old enough.
  void show(std::size_t done, std::size_t failed);
  /// Makes room for other lines.
  void clear();

 private:
  std::optional<std::size_t> total_;
  bool drawn_ = false;
  time_point last_{};
};

}  // namespace enlace::cli
