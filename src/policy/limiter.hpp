// Module: policy
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace enlace {

/// Bounds the calls in flight to a service. Thread-safe, lock-free; must outlive its slots.
class limiter {
 public:
  /// A place among the calls in flight, given back on destruction.
  class slot {
   public:
    slot(slot&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    slot& operator=(slot&& other) noexcept {
      slot taken(std::move(other));
      std::swap(owner_, taken.owner_);
      return *this;
    }
    ~slot() {
      if (owner_ != nullptr) owner_->in_flight_.fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    friend class limiter;
    explicit slot(limiter& owner) noexcept : owner_(&owner) {}
    limiter* owner_;
  };

  /// Zero: no limit, the calls are only counted.
  explicit limiter(int max) noexcept : max_(max) {}
  limiter(const limiter&) = delete;
  limiter& operator=(const limiter&) = delete;

  /// Nothing when the limit is reached.
  [[nodiscard]] std::optional<slot> enter() noexcept;
  [[nodiscard]] int in_flight() const noexcept { return in_flight_.load(std::memory_order_relaxed); }
  /// Zero: none.
  [[nodiscard]] int limit() const noexcept { return max_.load(std::memory_order_relaxed); }
  /// Those already in keep their slots.
  void resize(int max) noexcept { max_.store(max, std::memory_order_relaxed); }

 private:
  std::atomic<int> max_;
  std::atomic<int> in_flight_{0};
};

/// Bounds the calls in flight of each tenant. Remembers only tenants that have a call in flight. Thread-safe; must
/// outlive its slots.
class tenant_limiter {
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
  };
  using table = std::unordered_map<std::string, int, text_hash, std::equal_to<>>;

 public:
  /// A place among a tenant's calls in flight, given back on destruction.
  class slot {
   public:
    slot(slot&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), entry_(std::exchange(other.entry_, nullptr)) {}
    slot& operator=(slot&& other) noexcept {
      slot taken(std::move(other));
      std::swap(owner_, taken.owner_);
      std::swap(entry_, taken.entry_);
      return *this;
    }
    ~slot() {
      if (owner_ != nullptr) owner_->leave(*entry_);
    }

   private:
    friend class tenant_limiter;
    slot(tenant_limiter* owner, table::value_type* entry) noexcept : owner_(owner), entry_(entry) {}
    tenant_limiter* owner_;
    table::value_type* entry_;
  };

  /// `max` for each tenant. Zero: no limit, and nothing is counted.
  explicit tenant_limiter(int max) noexcept : max_(max) {}
  tenant_limiter(const tenant_limiter&) = delete;
  tenant_limiter& operator=(const tenant_limiter&) = delete;

  /// Nothing when the tenant's limit is reached. No tenant ("") has no limit.
  [[nodiscard]] std::optional<slot> enter(std::string_view tenant);
  [[nodiscard]] int in_flight(std::string_view tenant) const;
  /// Tenants with a call in flight.
  [[nodiscard]] std::size_t tenants() const;
  /// The tenants with at least so many calls in flight, and how many.
  [[nodiscard]] std::vector<std::pair<std::string, int>> busy(int at_least) const;
  [[nodiscard]] int limit() const noexcept { return max_.load(std::memory_order_relaxed); }
  /// Those already in keep their slots.
  void resize(int max) noexcept { max_.store(max, std::memory_order_relaxed); }

 private:
  void leave(table::value_type& entry) noexcept;

  std::atomic<int> max_;
  mutable std::mutex mutex_;
  table in_flight_;
};

}  // namespace enlace
