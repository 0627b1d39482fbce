#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "breaker_fixture.hpp"

namespace enlace {
namespace {

TEST_F(Breaker, StartsClosedAndAdmits) {
  EXPECT_EQ(b.state(now), closed);
  succeed(1000);
  EXPECT_EQ(b.state(now), closed);
  EXPECT_EQ(b.snapshot(now).window.calls, 1000U);
}

TEST_F(Breaker, OpensOnFiveFailuresInARow) {
  fail(4);
  EXPECT_EQ(b.state(now), closed);
  succeed();
  fail(4);
  EXPECT_EQ(b.state(now), closed);
  fail();
  EXPECT_EQ(b.state(now), breaker_state::open);
  const admission answer = b.admit(now);
  EXPECT_FALSE(answer);
  EXPECT_EQ(answer.state(), breaker_state::open);
  ASSERT_TRUE(answer.retry_after());
  EXPECT_LE(*answer.retry_after(), 30s);
  EXPECT_GE(*answer.retry_after(), 27s);
}

TEST_F(Breaker, FailuresInARowCountHoweverFarApart) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(b.state(now), closed);
    fail();
    now += 2h;
  }
  EXPECT_EQ(b.snapshot(now).opened, 1U);
}

TEST_F(Breaker, OpensOnHalfOfTwentyFailing) {
  b.reconfigure(with(0));
  for (int i = 0; i < 10; ++i) {
    fail();
    EXPECT_EQ(b.state(now), closed);
    if (i < 9) succeed();
  }
  EXPECT_EQ(b.snapshot(now).window.calls, 19U);
  succeed();  // the 20th: a success can complete the count, too
  EXPECT_EQ(b.state(now), breaker_state::open);
}

TEST_F(Breaker, StaysClosedJustBelowTheRate) {
  b.reconfigure(with(0));
  succeed(11);
  fail(10);
  EXPECT_EQ(b.state(now), closed);
  fail();
  EXPECT_EQ(b.state(now), breaker_state::open);
}

TEST_F(Breaker, OldAttemptsSlideOut) {
  b.reconfigure(with(0));
  fail(10);
  now += 60s;
  succeed(10);
  EXPECT_EQ(b.state(now), closed);
  EXPECT_EQ(b.snapshot(now).window.failures, 0U);
}

TEST_F(Breaker, OldSuccessesThatSlideOutCanTipTheRate) {
  b.reconfigure(with(0));
  succeed(50);
  now += 30s;
  fail(20);
  EXPECT_EQ(b.state(now), closed);
  now += 30s;
  succeed();
  EXPECT_EQ(b.state(now), breaker_state::open) << "20 of 21 have failed";
}

TEST_F(Breaker, DecimalRatesAreNotLostToRounding) {
  for (const double rate : {0.1, 0.15, 0.3, 0.55, 0.6, 0.7, 0.95}) {
    breaker_options options = with(0);
    options.failure_rate = rate;
    breaker exact(options, 1);
    const int failures = static_cast<int>(rate * 20 + 0.5);
    for (int i = 0; i < 20; ++i) {
      ASSERT_EQ(exact.state(now), closed);
      permit p = exact.admit(now).take();
      i < failures ? p.failure(now) : p.success(now, 1ms);
    }
    EXPECT_EQ(exact.state(now), breaker_state::open) << rate;
  }
}

TEST_F(Breaker, NeutralAttemptsLeaveNoTrace) {
  fail(4);
  for (int i = 0; i < 100; ++i) admitted().neutral();
  {
    const permit dropped = admitted();
  }
  EXPECT_EQ(b.snapshot(now).window.calls, 4U);
  fail();
  EXPECT_EQ(b.state(now), breaker_state::open) << "a neutral attempt does not break a row of failures";
}

TEST_F(Breaker, SettlesByVote) {
  admitted().settle(breaker_vote::success, now, 1ms);
  admitted().settle(breaker_vote::failure, now, 1ms);
  admitted().settle(breaker_vote::neutral, now, 1ms);
  EXPECT_EQ(b.snapshot(now).window.calls, 2U);
  EXPECT_EQ(b.snapshot(now).window.failures, 1U);
}

TEST_F(Breaker, APermitCountsOnce) {
  permit p = admitted();
  p.failure(now);
  EXPECT_FALSE(p);
  p.failure(now);
  p.success(now, 1ms);
  p.slow(now);
  p.neutral();
  permit moved = admitted();
  permit target = std::move(moved);
  moved.failure(now);  // NOLINT(bugprone-use-after-move): grants nothing any more
  target.failure(now);
  EXPECT_EQ(b.snapshot(now).window.calls, 2U);
  permit().failure(now);
}

TEST_F(Breaker, HalfOpenAdmitsThreeProbesAtOnce) {
  open();
  cool_down();
  std::vector<permit> probes;
  for (int i = 0; i < 3; ++i) probes.push_back(admitted());
  EXPECT_TRUE(probes[0].is_probe());
  const admission answer = b.admit(now);
  EXPECT_FALSE(answer);
  EXPECT_EQ(answer.state(), half_open);
  EXPECT_TRUE(answer.retry_after());
  probes.pop_back();  // never settled
  probes.push_back(admitted());
  EXPECT_FALSE(b.admit(now));
  probes[0].neutral();
  probes.push_back(admitted());
  EXPECT_FALSE(b.admit(now));
}

TEST_F(Breaker, ClosesOnThreeSuccesses) {
  open();
  cool_down();
  succeed(2);
  EXPECT_EQ(b.state(now), half_open);
  succeed();
  EXPECT_EQ(b.state(now), closed);
  const breaker_snapshot shot = b.snapshot(now);
  EXPECT_EQ(shot.window.calls, 0U) << "it starts with an empty window";
  EXPECT_EQ(shot.consecutive_failures, 0);
  EXPECT_EQ(shot.opened_at, std::nullopt);
  EXPECT_EQ(shot.opened, 1U);
  EXPECT_EQ(shot.half_opened, 1U);
  EXPECT_EQ(shot.closed, 1U);
  fail(4);
  EXPECT_EQ(b.state(now), closed);
}

TEST_F(Breaker, OneFailedProbeReopensForTwiceAsLong) {
  open();
  for (const double longest : {30.0, 60.0, 120.0, 240.0, 300.0, 300.0}) {
    const double wait = b.snapshot(now).retry_after.value().count();
    EXPECT_LE(wait, longest);
    EXPECT_GE(wait, 0.9 * longest);
    cool_down();
    succeed(2);
    fail();
    EXPECT_EQ(b.state(now), breaker_state::open);
  }
  cool_down();
  succeed(3);
  open();
  EXPECT_LE(b.snapshot(now).retry_after.value(), 30s) << "closing resets the cool-down";
}

TEST_F(Breaker, TheCoolDownHasJitter) {
  double least = 100;
  double most = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    breaker other(breaker_options(), seed);
    for (int i = 0; i < 5; ++i) other.admit(now).take().failure(now);
    const double wait = other.snapshot(now).retry_after.value().count();
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_GE(least, 27);
  EXPECT_LT(least, 27.2);
  EXPECT_LE(most, 30);
  EXPECT_GT(most, 29.8);
}

TEST_F(Breaker, LateResultsOfAnOlderGenerationChangeNothing) {
  std::vector<permit> late;
  for (int i = 0; i < 20; ++i) late.push_back(admitted());
  open();
  for (int i = 0; i < 5; ++i) late[static_cast<std::size_t>(i)].failure(now);
  late[5].slow(now);
  EXPECT_EQ(b.snapshot(now).window.calls, 0U);
  cool_down();
  permit probe = admitted();
  for (int i = 5; i < 9; ++i) late[static_cast<std::size_t>(i)].success(now, 1ms);
  EXPECT_EQ(b.state(now), half_open) << "successes from before are no probes";
  for (int i = 9; i < 13; ++i) late[static_cast<std::size_t>(i)].failure(now);
  EXPECT_EQ(b.state(now), half_open);
  succeed(3);
  EXPECT_EQ(b.state(now), closed);
  probe.failure(now);
  for (int i = 13; i < 20; ++i) late[static_cast<std::size_t>(i)].failure(now);
  EXPECT_EQ(b.state(now), closed);
  EXPECT_EQ(b.snapshot(now).window.calls, 0U);
}

TEST_F(Breaker, AProbeOfAnOlderGenerationGivesNoPlaceBack) {
  open();
  cool_down();
  permit old_probe = admitted();
  fail();
  cool_down();
  std::vector<permit> probes;
  for (int i = 0; i < 3; ++i) probes.push_back(admitted());
  old_probe.neutral();
  EXPECT_FALSE(b.admit(now));
}

TEST_F(Breaker, OpensOnSlowAttempts) {
  b.reconfigure(with(0, 100ms));
  succeed(4, 100ms);  // not over it
  succeed(15, 101ms);
  EXPECT_EQ(b.state(now), closed);
  EXPECT_EQ(b.snapshot(now).window.slow, 15U);
  succeed(1, 1s);
  EXPECT_EQ(b.state(now), breaker_state::open) << "16 of 20";
}

TEST_F(Breaker, SlownessIsNobodysBusinessWhenOff) {
  succeed(100, 1h);
  EXPECT_EQ(b.snapshot(now).window.slow, 0U);
  EXPECT_EQ(b.state(now), closed);
}

TEST_F(Breaker, AnAttemptThatStillRunsCountsAsSlowOnce) {
  b.reconfigure(with(0, 100ms));
  std::vector<permit> running;
  for (int i = 0; i < 20; ++i) running.push_back(admitted());
  for (int i = 0; i < 19; ++i) {
    running[static_cast<std::size_t>(i)].slow(now);
    running[static_cast<std::size_t>(i)].slow(now);
  }
  EXPECT_EQ(b.snapshot(now).window.calls, 19U);
  running[0].success(now, 1s);
  running[1].failure(now, 1s);
  running[2].neutral();
  EXPECT_EQ(b.snapshot(now).window.calls, 19U);
  EXPECT_EQ(b.snapshot(now).window.slow, 19U);
  EXPECT_EQ(b.snapshot(now).window.failures, 1U);
  running[19].slow(now);
  EXPECT_EQ(b.state(now), breaker_state::open);
}

TEST_F(Breaker, HungAttemptsThatFailAfterTheirSlowMarkSlidOutStillOpenIt) {
  b.reconfigure(with(0, 100ms));
  std::vector<permit> running;
  for (int i = 0; i < 20; ++i) running.push_back(admitted());
  for (int i = 0; i < 19; ++i) running[static_cast<std::size_t>(i)].slow(now);
  now += 61s;
  for (permit& p : running) p.failure(now, 61s);
  EXPECT_EQ(b.state(now), breaker_state::open);
}

TEST_F(Breaker, ProbesThatAreAllSlowReopen) {
  b.reconfigure(with(5, 100ms));
  open();
  cool_down();
  succeed(2, 1s);
  EXPECT_EQ(b.state(now), half_open);
  succeed(1, 1s);
  EXPECT_EQ(b.state(now), breaker_state::open);
  EXPECT_GT(b.snapshot(now).retry_after.value(), 50s);
  cool_down();
  succeed(2, 1s);
  succeed(1, 1ms);
  EXPECT_EQ(b.state(now), closed) << "two slow ones of three are under 80 %";
}

TEST_F(Breaker, ProbesThatHangReopenBeforeTheyEnd) {
  b.reconfigure(with(5, 100ms));
  open();
  cool_down();
  std::vector<permit> probes;
  for (int i = 0; i < 3; ++i) probes.push_back(admitted());
  for (permit& p : probes) p.slow(now);
  EXPECT_EQ(b.state(now), breaker_state::open);
  for (permit& p : probes) p.success(now, 1s);
  EXPECT_EQ(b.state(now), breaker_state::open);
}

TEST_F(Breaker, AnEarlySuccessCountsOnceAndKeepsAProbesPlace) {
  {
    permit running = admitted();
    running.early_success(now, 1ms);
    running.early_success(now, 1ms);
    EXPECT_EQ(b.snapshot(now).window.calls, 1U);
    running.failure(now, 1s);
    EXPECT_EQ(b.snapshot(now).window.failures, 0U) << "what it showed first is its outcome";
  }
  open();
  cool_down();
  std::vector<permit> probes;
  for (int i = 0; i < 2; ++i) probes.push_back(admitted());
  for (permit& p : probes) p.early_success(now, 1ms);
  EXPECT_EQ(b.state(now), half_open);
  const permit third = admitted();
  EXPECT_FALSE(b.admit(now)) << "all places are taken, though two have succeeded";
  probes.pop_back();
  EXPECT_TRUE(b.admit(now)) << "and one is given back at the end";
}

}  // namespace
}  // namespace enlace
