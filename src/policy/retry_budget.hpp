// Module: policy
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include <enlace/clock.hpp>
#include <enlace/policy_options.hpp>

namespace enlace {

/// Keeps retries a small share of the calls: a token bucket for a service, and one for each of its tenants, so that
/// one tenant's failures can't use up what all may spend. Both must grant. Thread-safe.
///
/// Memory is bounded. A tenant that is not in the table has a full bucket, so only those that have retried lately have
/// an entry: it is made by the first retry and dropped when the bucket is full again. When the table is full, the
/// entry of a tenant that made no call for a minute gives way (it starts anew with a full bucket); where there is
/// none, the tenants without an entry share one bucket. So a stream of new tenant ids can't mint budget, and what all
/// tenants spend together is bounded by the service's bucket in any case.
/// Source: Finagle's `RetryBudget`.
class retry_budget {
 public:
  /// Entries of tenants at most.
  static constexpr std::size_t max_tenants = 4096;

  /// `max_entries` is rounded up to 8 x a power of two.
  explicit retry_budget(const retry_options& options, std::size_t max_entries = max_tenants);

  /// A first attempt was sent. Allocates nothing. No tenant ("") has no bucket of its own.
  void earn(std::string_view tenant, time_point now) noexcept;
  /// Takes the price of one retry from both buckets, or nothing from either.
  [[nodiscard]] bool take(std::string_view tenant, time_point now);
  /// Undoes a `take` whose retry was not sent after all (the breaker had opened, the call was cancelled).
  void give_back(std::string_view tenant) noexcept;

  /// Retries that are left to the service.
  [[nodiscard]] double left(time_point now) const noexcept;
  /// Retries that are left to a tenant, not counting what is left to the service.
  [[nodiscard]] double left(std::string_view tenant) const noexcept;
  /// Retries that the service can have at most.
  [[nodiscard]] double limit() const noexcept;
  /// Tenants in the table.
  [[nodiscard]] std::size_t tenants() const noexcept;

  /// New options from now on; what was saved stays, up to the new limit.
  void reconfigure(const retry_options& options) noexcept;

 private:
  /// A millionth of a retry: sums of 0.2 stay exact.
  using micros = std::int64_t;
  struct entry {
    std::uint64_t key = 0;  ///< hash of the tenant's id; 0: free
    micros tokens = 0;
    time_point last_call{};
  };

  void refill(time_point now) const noexcept;
  [[nodiscard]] entry* find(std::uint64_t key) const noexcept;
  [[nodiscard]] entry* insert(std::uint64_t key, time_point now);
  [[nodiscard]] entry* free_place(std::uint64_t key) noexcept;
  void grow();
  void add(entry* own, micros amount) noexcept;

  mutable std::mutex mutex_;
  micros ratio_ = 0;
  micros burst_ = 0;
  double per_second_ = 0;
  mutable micros service_ = 0;
  mutable time_point refilled_{};
  /// The bucket of all tenants that have no entry.
  micros shared_ = 0;
  std::size_t max_sets_;
  std::size_t used_ = 0;
  /// Sets of 8 entries; a power of two of them.
  mutable std::vector<entry> table_;
};

}  // namespace enlace
