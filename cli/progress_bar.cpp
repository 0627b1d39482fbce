#include "cli/progress_bar.hpp"

#include <algorithm>
#include <string>

#include "cli/terminal.hpp"

namespace enlace::cli {

namespace {

constexpr int errors = 2;
constexpr std::size_t width = 30;
constexpr duration interval = std::chrono::milliseconds(100);

}  // namespace

void progress_bar::show(std::size_t done, std::size_t failed) {
  const time_point now = std::chrono::steady_clock::now();
  if (now - last_ < interval) return;
  last_ = now;
  std::string line = "\r\x1b[K";
  if (total_) {
    const std::size_t filled = std::min(width, done * width / std::max<std::size_t>(*total_, 1));
    line.append("[").append(filled, '#').append(width - filled, '.').append("] ");
  }
  line.append(std::to_string(done));
  if (total_) line.append(" of ").append(std::to_string(*total_));
  line.append(done == 1 && !total_ ? " call" : " calls");
  if (failed > 0) line.append(", ").append(std::to_string(failed)).append(" failed");
  write_all(errors, line);
  drawn_ = true;
}

void progress_bar::clear() {
  if (!drawn_) return;
  write_all(errors, "\r\x1b[K");
  drawn_ = false;
}

}  // namespace enlace::cli
