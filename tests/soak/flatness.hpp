#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace enlace::test {

/// How much more the last quarter of a run may show than the first, both after the warm-up: `factor` times as much and
/// `more` on top.
struct growth_limit {
  double factor;
  double more;
};

/// A figure over the time of a run. Its first fifth is warm-up, and not looked at.
class figure_series {
 public:
  void add(double value) { values_.push_back(value); }

  /// The median of the first or the last quarter of what comes after the warm-up; 0 when there is too little.
  [[nodiscard]] double first_quarter() const { return median(warm_up(), warm_up() + quarter()); }
  [[nodiscard]] double last_quarter() const { return median(values_.size() - quarter(), values_.size()); }
  [[nodiscard]] bool is_flat(growth_limit limit) const {
    return last_quarter() <= first_quarter() * limit.factor + limit.more;
  }
  /// Whether there is anything to judge by.
  [[nodiscard]] bool long_enough() const noexcept { return values_.size() >= 10; }

 private:
  [[nodiscard]] std::size_t warm_up() const noexcept { return values_.size() / 5; }
  [[nodiscard]] std::size_t quarter() const noexcept { return (values_.size() - warm_up()) / 4; }
  [[nodiscard]] double median(std::size_t from, std::size_t to) const {
    if (from >= to) return 0;
    std::vector<double> part(values_.begin() + static_cast<std::ptrdiff_t>(from),
                             values_.begin() + static_cast<std::ptrdiff_t>(to));
    const auto middle = part.begin() + static_cast<std::ptrdiff_t>(part.size() / 2);
    std::nth_element(part.begin(), middle, part.end());
    return *middle;
  }

  std::vector<double> values_;
};

}  // namespace enlace::test
