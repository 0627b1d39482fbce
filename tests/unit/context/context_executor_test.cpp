#include "context/context_executor.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <enlace/ambient.hpp>
#include <gtest/gtest.h>

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ENLACE_NEW_IS_TAKEN 1  // TSan brings its own, and lets nobody replace it
#endif
#endif
#ifndef ENLACE_NEW_IS_TAKEN
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* made = std::malloc(size)) return made;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  const auto unit = static_cast<std::size_t>(alignment);
  if (void* made = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return made;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
#endif

namespace asio = boost::asio;
namespace execution = boost::asio::execution;

namespace enlace {
namespace {

context_executor bound_to(const asio::any_io_executor& inner) {
  return context_executor(std::make_shared<context_binding>(inner, context().tenant("acme")));
}

/// Whether the loop has nothing left to wait for.
bool is_idle(asio::io_context& loop) {
  loop.restart();
  loop.poll();
  return loop.stopped();
}

TEST(ContextExecutor, RunsInPlaceOnlyWhereTheLoopAllowsIt) {
  asio::io_context loop;
  const context_executor bound = bound_to(loop.get_executor());
  int order = 0;
  int in_place = 0;
  int posted = 0;
  int continued = 0;
  bound.execute([&] {
    bound.execute([&] { in_place = ++order; });
    bound.require(execution::blocking.never).execute([&] { posted = ++order; });
    bound.require(execution::blocking.never).require(execution::relationship.continuation).execute([&] {
      continued = ++order;
    });
    EXPECT_EQ(posted, 0);
    EXPECT_EQ(continued, 0);
  });
  EXPECT_EQ(order, 0);
  loop.run();
  EXPECT_EQ(in_place, 1);
  EXPECT_GT(posted, 1);
  EXPECT_GT(continued, 1);
}

TEST(ContextExecutor, GoesThroughAStrand) {
  asio::io_context loop;
  const auto strand = asio::make_strand(loop);
  bool within = false;
  bound_to(strand).execute([&] { within = strand.running_in_this_thread(); });
  loop.run();
  EXPECT_TRUE(within);
}

TEST(ContextExecutor, IsEqualToItsCopiesAlone) {
  asio::io_context loop;
  const context_executor one = bound_to(loop.get_executor());
  const context_executor copy(one);
  const context_executor other = bound_to(loop.get_executor());
  EXPECT_EQ(one, copy);
  EXPECT_NE(one, other);
  EXPECT_NE(one, one.require(execution::blocking.never));
  EXPECT_EQ(one, one.require(execution::blocking.never).require(execution::blocking.possibly));
  EXPECT_EQ(one, one.require(execution::outstanding_work.tracked).require(execution::outstanding_work.untracked));
  EXPECT_EQ(asio::any_io_executor(one), asio::any_io_executor(copy));
  EXPECT_NE(asio::any_io_executor(one), asio::any_io_executor(other));
}

TEST(ContextExecutor, ATrackingCopyKeepsTheLoopRunning) {
  asio::io_context loop;
  const context_executor bound = bound_to(loop.get_executor());
  EXPECT_TRUE(is_idle(loop));
  {
    const context_executor tracking = bound.require(execution::outstanding_work.tracked);
    EXPECT_FALSE(is_idle(loop));
    {
      const context_executor second(tracking);
      const context_executor third = bound.require(execution::outstanding_work.tracked);
      const context_executor idle = third.require(execution::outstanding_work.untracked);
    }
    EXPECT_FALSE(is_idle(loop));
  }
  EXPECT_TRUE(is_idle(loop));
  const context_executor again = bound.require(execution::outstanding_work.tracked);
  EXPECT_FALSE(is_idle(loop));
}

TEST(ContextExecutor, MovingAndAssigningKeepsTheCountOfWork) {
  asio::io_context loop;
  const context_executor bound = bound_to(loop.get_executor());
  context_executor first = bound.require(execution::outstanding_work.tracked);
  {
    context_executor moved(std::move(first));
    EXPECT_FALSE(is_idle(loop));
    first = moved;
    first = bound;
    EXPECT_FALSE(is_idle(loop));
  }
  EXPECT_TRUE(is_idle(loop));
  context_executor self = bound.require(execution::outstanding_work.tracked);
  self = context_executor(self);
  EXPECT_FALSE(is_idle(loop));
}

TEST(ContextExecutor, CountsWorkAcrossThreads) {
  asio::thread_pool pool(2);
  const context_executor bound = bound_to(pool.get_executor());
  std::atomic<int> done = 0;
  for (int i = 0; i < 200; ++i) {
    asio::post(pool, [&bound, &done] {
      for (int j = 0; j < 20; ++j) {
        const context_executor tracking = bound.require(execution::outstanding_work.tracked);
        const context_executor copy(tracking);
        copy.execute([&done] { done.fetch_add(1); });
      }
    });
  }
  pool.join();
  EXPECT_EQ(done, 200 * 20);
}

/// False under tools that bring an operator new of their own.
bool allocations_are_counted() {
  const std::size_t before = allocations;
  ::operator delete(::operator new(1));
  return allocations != before;
}

TEST(ContextExecutor, PropertiesAllocateNothingWhateverIsInside) {
  if (!allocations_are_counted()) GTEST_SKIP() << "another operator new is in use";
  asio::io_context loop;
  asio::thread_pool pool(1);
  const std::array<asio::any_io_executor, 4> inner = {loop.get_executor(), asio::make_strand(loop), pool.get_executor(),
                                                      asio::make_strand(asio::any_io_executor(loop.get_executor()))};
  for (const asio::any_io_executor& executor : inner) {
    const asio::any_io_executor bound = bind_context(executor, context().tenant("acme"));
    const asio::any_io_executor working = asio::prefer(bound, execution::outstanding_work.tracked);
    const std::size_t before = allocations;
    for (int i = 0; i < 10; ++i) {
      const asio::any_io_executor copy(bound);
      const asio::any_io_executor tracking = asio::prefer(copy, execution::outstanding_work.tracked);
      const asio::any_io_executor never = asio::require(tracking, execution::blocking.never);
      const asio::any_io_executor last = asio::prefer(never, execution::relationship.continuation);
      EXPECT_NE(ambient_context(last), nullptr);
    }
    EXPECT_EQ(allocations - before, 0U);
  }
}

TEST(ContextExecutor, BindingCostsOneAllocation) {
  if (!allocations_are_counted()) GTEST_SKIP() << "another operator new is in use";
  asio::io_context loop;
  const asio::any_io_executor plain = loop.get_executor();
  context owned = context().tenant(std::string(100, 't'));
  const std::size_t before = allocations;
  const asio::any_io_executor bound = bind_context(plain, std::move(owned));
  EXPECT_EQ(allocations - before, 1U);
}

asio::awaitable<void> hop(int times) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  for (int i = 0; i < times; ++i) {
    co_await asio::post(executor, asio::deferred);
    co_await asio::dispatch(executor, asio::deferred);
    timer.expires_after(std::chrono::seconds(0));
    co_await timer.async_wait(asio::as_tuple(asio::deferred));
  }
}

asio::awaitable<void> count_hops(std::size_t& counted) {
  co_await hop(20);
  const std::size_t before = allocations;
  co_await hop(200);
  counted = allocations - before;
}

TEST(ContextExecutor, ResumptionsAllocateNothing) {
  if (!allocations_are_counted()) GTEST_SKIP() << "another operator new is in use";
  for (const bool on_strand : {false, true}) {
    asio::io_context loop;
    const asio::any_io_executor inner =
        on_strand ? asio::any_io_executor(asio::make_strand(loop)) : asio::any_io_executor(loop.get_executor());
    std::size_t plain = 0;
    co_spawn(inner, count_hops(plain), asio::detached);
    loop.run();
    loop.restart();
    std::size_t counted = 0;
    co_spawn(bind_context(inner, context().tenant("acme")), count_hops(counted), asio::detached);
    loop.run();
    EXPECT_EQ(counted, plain) << (on_strand ? "strand" : "loop");
    EXPECT_EQ(counted, 0U) << (on_strand ? "strand" : "loop");
  }
}

}  // namespace
}  // namespace enlace
