#include <chrono>
#include <stdexcept>
#include <string>

#include <enlace/testing/world.hpp>
#include <gtest/gtest.h>

namespace enlace::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* there = "http://rag:8000/x";

boost::asio::awaitable<std::string> two_calls(world& in) {
  const reply first = co_await in.caller().call(get(there));
  co_await in.sleep(3s);
  const reply second = co_await in.caller(1).call(get(there));
  co_return std::string(first.success() && second.success() ? "both" : "not both");
}

boost::asio::awaitable<int> throws(world& in) {
  co_await in.sleep(1s);
  throw std::runtime_error("no");
}

TEST(World, RunsCoroutinesOfItsUser) {
  world in;
  in.at("rag:8000");
  EXPECT_EQ(in.run(two_calls(in)), "both");
  EXPECT_GE(in.elapsed(), 3s);
  EXPECT_THROW(in.run(throws(in)), std::runtime_error);
  in.check_end();
  EXPECT_TRUE(in.violations().empty());
}

TEST(World, TakesAConfigurationAndReloadsIt) {
  world in;
  settings values;
  values.services["rag"].hosts = {"rag:8000"};
  values.services["rag"].timeout = 1s;
  in.configure(values);
  in.at("rag:8000").fares(conditions{.hanging = 1});
  EXPECT_EQ(in.service_name("rag:8000"), "rag");
  EXPECT_LE(in.call(get(there).max_attempts(1)).call().elapsed, 1s + 5ms);
  values.services["rag"].timeout = 3s;
  in.configure(values);
  EXPECT_GE(in.call(get(there).max_attempts(1)).call().elapsed, 3s);
  values.services["rag"].timeout = -1s;
  EXPECT_THROW(in.configure(values), failure);
}

TEST(World, CancelsACall) {
  world in;
  in.at("rag:8000").fares(conditions{.hanging = 1});
  const auto call = in.start(get(there));
  in.run_for(1s);
  call->cancel(in.time().now());
  in.run();
  EXPECT_EQ(call->answer->error().code, error_code::cancelled);
  EXPECT_LE(in.elapsed(), 1s + 20ms);
  EXPECT_TRUE(in.violations().empty());
}

TEST(World, HappensAsPlannedOrNotAtAll) {
  std::string happened;
  world in;
  in.leave_out({false, true});
  in.plan(2s, "two", [&] { happened += "2"; });
  in.plan(1s, "left out", [&] { happened += "x"; });
  in.plan(1s, "one", [&] { happened += "1"; });
  in.run();
  EXPECT_EQ(happened, "12");
  EXPECT_EQ(in.plans(), 3U);
  EXPECT_EQ(in.elapsed(), 2s);
}

TEST(World, OneSeedIsOneHistory) {
  const auto trail_of = [](std::uint64_t seed) {
    world in(seed);
    in.keep_trail();
    in.at("rag:8000").fares(conditions{.refused = 0.3, .failing = 0.3});
    for (int i = 0; i < 20; ++i) in.plan(std::chrono::seconds(i), "", [&in] { in.start(get(there)); });
    in.run();
    return in.trail();
  };
  EXPECT_EQ(trail_of(5), trail_of(5));
  EXPECT_NE(trail_of(5), trail_of(6));
}

TEST(World, NoticesWhatIsLeft) {
  world in;
  in.at("rag:8000").fares(conditions{.hanging = 1});
  in.start(get(there));
  in.run_for(1s);
  in.check_end();
  ASSERT_FALSE(in.violations().empty());
  EXPECT_EQ(in.violations()[0].promise, "one reply");
}

TEST(World, StopsAtABrokenPromise) {
  world in;
  in.plan(1s, "a promise is broken", [&in] { in.violated("mine", "broken"); });
  in.plan(2s, "never", [] { FAIL(); });
  in.run();
  ASSERT_EQ(in.violations().size(), 1U);
  EXPECT_EQ(in.violations()[0].at, 1s);
}

}  // namespace
}  // namespace enlace::testing
