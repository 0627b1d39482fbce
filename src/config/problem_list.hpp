#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <enlace/error.hpp>

namespace enlace {

/// All that is wrong with a configuration, so that it can be mended in one go.
class problem_list {
 public:
  /// `where`: "enlace.toml:14", "environment ENLACE_CLIENT__NAME", or empty. `line` orders the list.
  void add(std::string_view where, int line, std::string_view what);
  [[nodiscard]] bool empty() const noexcept { return problems_.empty(); }
  /// CONFIGURATION_ERROR with a line for each problem, which are also the list `details.problems`.
  [[nodiscard]] error to_error() const;

 private:
  struct problem {
    int line;
    std::string text;
  };
  std::vector<problem> problems_;
};

}  // namespace enlace
