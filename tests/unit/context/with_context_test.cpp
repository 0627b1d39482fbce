#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <enlace/ambient.hpp>
#include <gtest/gtest.h>

namespace asio = boost::asio;

namespace enlace {
namespace {

asio::awaitable<std::string> ambient_tenant() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const context* ambient = ambient_context(executor);
  co_return ambient == nullptr ? "(none)" : ambient->tenant().value_or("(unset)");
}

asio::awaitable<void> step_aside() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, std::chrono::seconds(0));
  co_await timer.async_wait(asio::deferred);
  co_await asio::post(executor, asio::deferred);
}

template <class T>
T run(asio::awaitable<T> work) {
  asio::io_context loop;
  std::optional<T> result;
  std::exception_ptr failed;
  co_spawn(loop, std::move(work), [&](std::exception_ptr error, T value) {
    failed = error;
    result.emplace(std::move(value));
  });
  loop.run();
  if (failed) std::rethrow_exception(failed);
  return std::move(*result);
}

using lines = std::vector<std::string>;

asio::awaitable<lines> around() {
  lines seen;
  seen.push_back(co_await ambient_tenant());
  seen.push_back(co_await with_context(context().tenant("acme"), ambient_tenant()));
  seen.push_back(co_await ambient_tenant());
  co_await step_aside();
  seen.push_back(co_await ambient_tenant());
  co_return seen;
}

TEST(WithContext, HoldsInsideAndNotAfter) { EXPECT_EQ(run(around()), (lines{"(none)", "acme", "(none)", "(none)"})); }

asio::awaitable<lines> look_twice() {
  lines seen;
  seen.push_back(co_await ambient_tenant());
  co_await step_aside();
  seen.push_back(co_await ambient_tenant());
  co_return seen;
}

TEST(WithContext, FollowsEverySuspension) {
  EXPECT_EQ(run(with_context(context().tenant("acme"), look_twice())), (lines{"acme", "acme"}));
}

asio::awaitable<lines> look_deeper() {
  lines seen;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const context* ambient = ambient_context(executor);
  seen.push_back(ambient->tenant().value_or("-"));
  seen.push_back(ambient->agent().value_or("-"));
  seen.push_back(ambient->collection().value_or("-"));
  co_return seen;
}

asio::awaitable<lines> nest() {
  lines inner = co_await with_context(context().agent("").collection("c"), look_deeper());
  co_await step_aside();
  const lines outer = co_await look_deeper();
  inner.insert(inner.end(), outer.begin(), outer.end());
  co_return inner;
}

TEST(WithContext, NestsByLayingOneOverTheOther) {
  EXPECT_EQ(run(with_context(context().tenant("acme").agent("a"), nest())), (lines{"acme", "", "c", "acme", "a", "-"}));
}

class handle {
 public:
  explicit handle(int number) : number_(std::make_unique<int>(number)) {}
  [[nodiscard]] int number() const { return *number_; }

 private:
  std::unique_ptr<int> number_;
};
static_assert(!std::is_default_constructible_v<handle> && !std::is_copy_constructible_v<handle>);

asio::awaitable<handle> make_handle(bool suspend) {
  if (suspend) co_await step_aside();
  co_return handle(7);
}

asio::awaitable<int> take_handle(bool suspend) {
  const handle got = co_await with_context(context().tenant("acme"), make_handle(suspend));
  co_return got.number();
}

TEST(WithContext, GivesResultsThatHaveNoDefault) {
  EXPECT_EQ(run(take_handle(false)), 7);
  EXPECT_EQ(run(take_handle(true)), 7);
}

asio::awaitable<void> fail(bool suspend) {
  if (suspend) co_await step_aside();
  throw std::runtime_error("inside");
}

asio::awaitable<lines> survive(bool suspend) {
  lines seen;
  try {
    co_await with_context(context().tenant("acme"), fail(suspend));
  } catch (const std::runtime_error& error) {
    seen.emplace_back(error.what());
  }
  seen.push_back(co_await ambient_tenant());
  co_return seen;
}

TEST(WithContext, AnExceptionGetsOutAndTheContextDoesNot) {
  EXPECT_EQ(run(survive(false)), (lines{"inside", "(none)"}));
  EXPECT_EQ(run(survive(true)), (lines{"inside", "(none)"}));
}

asio::awaitable<lines> call_callables() {
  lines seen;
  std::string mark = "x";
  auto named = [&mark]() -> asio::awaitable<std::string> { co_return mark + co_await ambient_tenant(); };
  seen.push_back(co_await with_context(context().tenant("acme"), named));
  auto task = with_context(context().tenant("zeta"), [mark]() -> asio::awaitable<std::string> {
    co_await step_aside();
    co_return mark + co_await ambient_tenant();
  });
  seen.push_back(co_await std::move(task));
  auto nothing = [&mark]() -> asio::awaitable<void> {
    co_await step_aside();
    mark = co_await ambient_tenant();
  };
  co_await with_context(context().tenant("beta"), nothing);
  seen.push_back(mark);
  seen.push_back(co_await with_context(context().tenant("plain"), &ambient_tenant));
  co_return seen;
}

TEST(WithContext, TakesCallables) { EXPECT_EQ(run(call_callables()), (lines{"xacme", "xzeta", "beta", "plain"})); }

asio::awaitable<void> check_often(std::string expected, int rounds, int& wrong) {
  for (int i = 0; i < rounds; ++i) {
    if (co_await ambient_tenant() != expected) ++wrong;
    co_await step_aside();
  }
}

asio::awaitable<void> visit(int number, int& wrong, int& done) {
  const std::string tenant = std::to_string(number);
  co_await with_context(context().tenant(tenant), check_often(tenant, 5, wrong));
  co_await check_often("(none)", 2, wrong);
  ++done;
}

TEST(WithContext, NeverReachesASibling) {
  asio::io_context loop;
  int wrong = 0;
  int done = 0;
  for (int i = 0; i < 200; ++i) co_spawn(loop, visit(i, wrong, done), asio::detached);
  loop.run();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(done, 200);
}

TEST(WithContext, HoldsOnStrandsOfAPool) {
  asio::thread_pool pool(2);
  constexpr int count = 40;
  std::vector<int> wrong(count);
  std::vector<int> done(count);
  for (std::size_t i = 0; i < count; ++i) {
    co_spawn(asio::make_strand(pool), visit(static_cast<int>(i), wrong[i], done[i]), asio::detached);
  }
  pool.join();
  EXPECT_EQ(wrong, std::vector<int>(count, 0));
  EXPECT_EQ(done, std::vector<int>(count, 1));
}

asio::awaitable<lines> spawn_inside() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  lines seen;
  seen.push_back(co_await co_spawn(executor, ambient_tenant(), asio::use_awaitable));
  seen.push_back(co_await co_spawn(asio::make_strand(executor), ambient_tenant(), asio::use_awaitable));
  seen.push_back(co_await co_spawn(unbind_context(executor), ambient_tenant(), asio::use_awaitable));
  co_return seen;
}

TEST(WithContext, WhatIsSpawnedOnItsExecutorHasItToo) {
  EXPECT_EQ(run(with_context(context().tenant("acme"), spawn_inside())), (lines{"acme", "acme", "(none)"}));
}

TEST(WithContext, EndsWithTheLoopWhenNobodyFinishesIt) {
  auto alive = std::make_shared<int>(0);
  const auto wait_forever = [](std::shared_ptr<int> /*kept*/) -> asio::awaitable<int> {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
    co_await timer.async_wait(asio::deferred);
    co_return 1;
  };
  {
    asio::io_context loop;
    co_spawn(loop, with_context(context().tenant("acme"), wait_forever(alive)), asio::detached);
    loop.poll();
    EXPECT_EQ(alive.use_count(), 2);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

/// An operation that no I/O object stands behind: someone else holds the handler.
asio::awaitable<void> wait_for_a_hand(std::function<void()>& resume) {
  co_await asio::async_initiate<const asio::deferred_t, void()>(
      [&resume](auto handler) {
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        resume = [kept] { asio::post(asio::get_associated_executor(*kept), std::move(*kept)); };
      },
      asio::deferred);
}

TEST(WithContext, KeepsTheLoopRunningWhileItWaitsForAHand) {
  asio::io_context loop;
  std::function<void()> resume;
  bool done = false;
  co_spawn(bind_context(loop.get_executor(), context().tenant("acme")),
           with_context(context().agent("a"), wait_for_a_hand(resume)), [&](std::exception_ptr) { done = true; });
  loop.poll();
  EXPECT_FALSE(loop.stopped());
  ASSERT_TRUE(resume);
  std::exchange(resume, nullptr)();
  loop.run();
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace enlace
