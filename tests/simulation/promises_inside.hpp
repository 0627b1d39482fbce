#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <enlace/testing/world.hpp>

#include "client/core.hpp"

namespace enlace::simulation {

/// What the world can't see from outside: the breakers' moves, the budgets, and what is lent and must come back.
class promises_inside final : public testing::observer {
 public:
  /// When something happened, and for which tenant.
  using moments = std::multimap<time_point, std::string>;

  /// `authorities`: of the services to look at.
  promises_inside(testing::world& in, const std::vector<std::string>& authorities);

  void on_attempt(const testing::received& what) override;
  void on_over(const testing::received& what) override;
  void on_call(const testing::started_call& began) override;
  void on_reply(const testing::started_call& ended) override;
  void on_stream(const testing::started_stream& began) override { calls_[began.id] = &began; }
  void on_stream_end(const testing::started_stream& ended) override;
  void after_event() override;

  /// A breaker was led by hand: its moves are no longer its own.
  void led_by_hand() noexcept { by_hand_ = true; }
  /// The tenant's answers were dropped: who calls from now on must not get an older one.
  void invalidated(const std::string& tenant) { invalidated_[tenant] = world_.time().now(); }
  /// When nobody calls any more: flights, limits and probes have come back.
  void check_nothing_lent();

 private:
  struct seen_service {
    std::shared_ptr<service> known;
    breaker* guard = nullptr;
    breaker_options rules;
    retry_options retry;
    breaker_snapshot last;
    /// Attempts that set out while half open, in this generation, and are not over.
    std::uint64_t probing_generation = 0;
    std::multiset<std::uint64_t> probing;
    int in_flight = 0;
    /// A passing health check may end a cool-down early.
    bool health_checked = false;
    /// First attempts, and when retries were decided on.
    moments firsts;
    moments retries;
  };
  void look(const std::string& authority, seen_service& at);
  void check_probes(const std::string& authority, seen_service& at, std::uint64_t call);
  void check_budget(const std::string& authority, seen_service& at, const testing::received& what);
  void check_rejection(const testing::started& ended, const reply& got);
  void broken(const char* promise, const std::string& authority, const std::string& what);

  testing::world& world_;
  std::map<std::string, seen_service> services_;
  std::map<std::uint64_t, const testing::started*> calls_;
  std::map<std::string, time_point> invalidated_;
  /// When each call's latest attempt was over.
  std::map<std::uint64_t, time_point> over_;
  /// Retries that each call has made.
  std::map<std::uint64_t, int> retries_;
  bool by_hand_ = false;
};

}  // namespace enlace::simulation
