// What the policies cost a call. Pin it: taskset -c 0 bench_policy, or -c 0,1 for the runs with several threads.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "policy/breaker.hpp"
#include "policy/limiter.hpp"
#include "policy/retry_budget.hpp"

namespace enlace {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{std::chrono::hours(1)};

/// Each thread's calls move on a microsecond, so that buckets end as they do in life.
class ticking {
 public:
  time_point next() noexcept { return now_ += 1us; }

 private:
  time_point now_ = start;
};

breaker& shared_breaker() {
  static breaker b(breaker_options(), 1);
  return b;
}

void breaker_admit_and_settle(benchmark::State& state) {
  breaker& b = shared_breaker();
  ticking clock;
  for (auto _ : state) {
    const time_point now = clock.next();
    permit p = b.admit(now).take();
    p.success(now, 1ms);
  }
}
BENCHMARK(breaker_admit_and_settle)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

/// Some calls have failed within the last minute, so each outcome is judged.
void breaker_admit_and_settle_troubled(benchmark::State& state) {
  static breaker b(breaker_options(), 1);
  for (int i = 0; i < 1000; ++i) b.admit(start).take().success(start, 1ms);
  b.admit(start).take().failure(start);
  for (auto _ : state) {
    permit p = b.admit(start).take();
    p.success(start, 1ms);
  }
}
BENCHMARK(breaker_admit_and_settle_troubled)->Threads(1)->Threads(4)->UseRealTime();

void breaker_reject(benchmark::State& state) {
  static breaker b(breaker_options(), 1);
  if (state.thread_index() == 0) {
    for (int i = 0; i < 5; ++i) b.admit(start).take().failure(start);
  }
  for (auto _ : state) {
    admission answer = b.admit(start + 1s);
    benchmark::DoNotOptimize(answer);
  }
}
BENCHMARK(breaker_reject)->Threads(1)->Threads(4)->UseRealTime();

void budget_earn(benchmark::State& state) {
  static retry_budget budget{retry_options()};
  const std::string tenant = "tenant-with-a-usual-name";
  ticking clock;
  for (auto _ : state) budget.earn(tenant, clock.next());
}
BENCHMARK(budget_earn)->Threads(1)->Threads(4)->UseRealTime();

/// Every fifth call takes a retry, so the tenants keep their entries; 4,000 of them.
void budget_earn_and_take(benchmark::State& state) {
  retry_options options;
  options.budget_per_second = 1e6;
  retry_budget budget(options);
  std::vector<std::string> tenants;
  for (int i = 0; i < 4000; ++i) tenants.push_back(std::string("tenant-number-").append(std::to_string(i)));
  ticking clock;
  for (auto _ : state) {
    for (std::size_t i = 0; i < tenants.size(); ++i) {
      const time_point now = clock.next();
      budget.earn(tenants[i], now);
      if (i % 5 == 0) benchmark::DoNotOptimize(budget.take(tenants[i], now));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(tenants.size()));
}
BENCHMARK(budget_earn_and_take);

void limiter_enter_and_leave(benchmark::State& state) {
  static limiter calls(1000);
  for (auto _ : state) {
    std::optional<limiter::slot> slot = calls.enter();
    benchmark::DoNotOptimize(slot);
  }
}
BENCHMARK(limiter_enter_and_leave)->Threads(1)->Threads(4)->UseRealTime();

void tenant_limiter_enter_and_leave(benchmark::State& state) {
  tenant_limiter calls(10);
  const std::string tenant = "tenant-with-a-usual-name";
  for (auto _ : state) {
    std::optional<tenant_limiter::slot> slot = calls.enter(tenant);
    benchmark::DoNotOptimize(slot);
  }
}
BENCHMARK(tenant_limiter_enter_and_leave);

}  // namespace
}  // namespace enlace
