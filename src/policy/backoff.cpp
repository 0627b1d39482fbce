#include "policy/backoff.hpp"

#include <algorithm>
#include <cstdint>

#include "policy/deadline.hpp"

namespace enlace {

duration backoff(const retry_options& options, int failed_attempt, std::optional<seconds_d> retry_after,
                 random_source& random) noexcept {
  if (retry_after && *retry_after > seconds_d::zero()) return saturated(*retry_after * (1 + 0.1 * random.uniform()));
  const int doublings = std::clamp(failed_attempt, 1, 63) - 1;
  // The cap is shifted down, as the base shifted up could overflow.
  const bool capped = options.base.count() > (options.cap.count() >> doublings);
  const duration limit = capped ? options.cap : duration(options.base.count() << doublings);
  if (limit <= duration::zero()) return duration::zero();
  return duration(static_cast<duration::rep>(random.below(static_cast<std::uint64_t>(limit.count()) + 1)));
}

}  // namespace enlace
