#include <optional>
#include <utility>

#include "breaker_fixture.hpp"

namespace enlace {
namespace {

TEST_F(Breaker, HealthChecksNeverOpenIt) {
  for (int i = 0; i < 100; ++i) b.admit_health_check().failure(now, 1h);
  b.admit_health_check().slow(now);
  EXPECT_EQ(b.state(now), closed);
  EXPECT_EQ(b.snapshot(now).window.calls, 0U);
  fail(4);
  b.admit_health_check().success(now, 1ms);
  fail();
  EXPECT_EQ(b.state(now), breaker_state::open) << "nor do they interrupt a row of failures";
}

TEST_F(Breaker, APassingHealthCheckHalfOpensEarly) {
  open();
  b.admit_health_check().failure(now);
  b.admit_health_check().neutral();
  EXPECT_EQ(b.state(now), breaker_state::open);
  b.admit_health_check().success(now, 1ms);
  EXPECT_EQ(b.state(now), half_open);
  succeed(3);
  EXPECT_EQ(b.state(now), closed);
  b.health_hint(now);
  EXPECT_EQ(b.state(now), closed);
}

TEST_F(Breaker, AHealthPageThatKnowsNothingCannotKeepTheProbesComing) {
  open();
  b.health_hint(now);
  fail();
  ASSERT_EQ(b.state(now), breaker_state::open);
  b.health_hint(now + 6s - 1ms);
  EXPECT_EQ(b.state(now), breaker_state::open);
  now += 6s;  // a tenth of the doubled cool-down
  b.health_hint(now);
  EXPECT_EQ(b.state(now), half_open);
  b.health_hint(now);
  EXPECT_EQ(b.state(now), half_open);
}

TEST_F(Breaker, ForcedOpenRejectsAllButHealthChecks) {
  permit before = admitted();
  b.force_open();
  EXPECT_EQ(b.state(now), forced_open);
  const admission answer = b.admit(now + 1000h);
  EXPECT_FALSE(answer);
  EXPECT_EQ(answer.state(), forced_open);
  EXPECT_EQ(answer.retry_after(), std::nullopt);
  before.failure(now);
  b.admit_health_check().success(now, 1ms);
  EXPECT_EQ(b.state(now), forced_open);
  EXPECT_EQ(b.snapshot(now).rejected, 1U);
  b.automatic();
  EXPECT_EQ(b.state(now), closed);
  EXPECT_EQ(b.snapshot(now).window.calls, 0U);
}

TEST_F(Breaker, ForcedClosedAdmitsAndCountsWhateverHappens) {
  open();
  b.force_closed();
  fail(100);
  EXPECT_EQ(b.state(now), forced_closed);
  EXPECT_EQ(b.snapshot(now).window.failures, 100U);
  b.automatic();
  EXPECT_EQ(b.state(now), closed);
  fail(4);
  EXPECT_EQ(b.state(now), closed);
}

TEST_F(Breaker, ObservingJudgesButRejectsNothing) {
  b.observe();
  fail(5);
  EXPECT_EQ(b.state(now), breaker_state::observe);
  EXPECT_EQ(b.snapshot(now).judged, breaker_state::open);
  fail(10);  // admitted, but they count no more than if they had been rejected
  EXPECT_EQ(b.snapshot(now).would_reject, 10U);
  EXPECT_EQ(b.snapshot(now).rejected, 0U);
  EXPECT_EQ(b.snapshot(now).window.calls, 0U);
  now += 30s;
  std::vector<permit> probes;
  for (int i = 0; i < 3; ++i) probes.push_back(admitted());
  EXPECT_FALSE(admitted().is_probe());
  for (permit& p : probes) p.success(now, 1ms);
  EXPECT_EQ(b.snapshot(now).judged, closed);
  EXPECT_EQ(b.snapshot(now).closed, 1U);
  EXPECT_EQ(b.state(now), breaker_state::observe);
  b.automatic();
  open();
  EXPECT_FALSE(b.admit(now));
}

TEST_F(Breaker, SettingTheModeItIsInChangesNothing) {
  open();
  const std::uint64_t generation = b.snapshot(now).generation;
  b.automatic();
  EXPECT_EQ(b.state(now), breaker_state::open);
  EXPECT_EQ(b.snapshot(now).generation, generation);
  b.observe();
  fail(5);
  b.observe();
  EXPECT_EQ(b.snapshot(now).judged, breaker_state::open);
}

TEST_F(Breaker, ReconfiguringKeepsStateAndCounts) {
  fail(4);
  breaker_options options;
  options.consecutive_failures = 3;
  b.reconfigure(options);
  EXPECT_EQ(b.state(now), closed) << "judged when the next attempt ends";
  EXPECT_EQ(b.snapshot(now).window.failures, 4U);
  fail();
  EXPECT_EQ(b.state(now), breaker_state::open);
  options.max_cool_down = 10s;
  options.probes = 1;
  b.reconfigure(options);
  EXPECT_EQ(b.state(now + 10s), half_open) << "a cool-down that runs is cut to the new maximum";
  now += 10s;
  permit probe = admitted();
  EXPECT_FALSE(b.admit(now));
  options.probes = 2;
  b.reconfigure(options);
  permit second = admitted();
  EXPECT_FALSE(b.admit(now));
  options.probes = 1;
  b.reconfigure(options);
  second.neutral();
  EXPECT_FALSE(b.admit(now)) << "one is still out";
  probe.success(now, 1ms);
  EXPECT_EQ(b.state(now), closed);
}

TEST_F(Breaker, SnapshotTellsAllThereIsToKnow) {
  succeed(3);
  fail(2);
  breaker_snapshot shot = b.snapshot(now);
  EXPECT_EQ(shot.state, closed);
  EXPECT_EQ(shot.judged, closed);
  EXPECT_EQ(shot.consecutive_failures, 2);
  EXPECT_EQ(shot.retry_after, std::nullopt);
  EXPECT_EQ(shot.totals.calls, 5U);
  const std::uint64_t generation = shot.generation;
  now += 5s;
  fail(3);
  (void)b.admit(now);
  (void)b.admit(now);
  shot = b.snapshot(now + 1s);
  EXPECT_EQ(shot.state, breaker_state::open);
  EXPECT_EQ(shot.opened_at, now);
  EXPECT_LE(shot.retry_after.value(), 29s);
  EXPECT_EQ(shot.generation, generation + 1);
  EXPECT_EQ(shot.rejected, 2U);
  EXPECT_EQ(shot.totals.calls, 8U);
  EXPECT_EQ(shot.totals.failures, 5U);
}

TEST_F(Breaker, ACoolDownOfZeroProbesAtOnce) {
  breaker_options options;
  options.cool_down = 0s;
  breaker quick(options, 1);
  for (int i = 0; i < 5; ++i) quick.admit(now).take().failure(now);
  EXPECT_TRUE(quick.admit(now).take().is_probe());
}

}  // namespace
}  // namespace enlace
