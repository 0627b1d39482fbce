#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <enlace/ambient.hpp>
#include <gtest/gtest.h>

namespace asio = boost::asio;

namespace enlace {
namespace {

std::string tenant_of(const asio::any_io_executor& executor) {
  const context* ambient = ambient_context(executor);
  return ambient == nullptr ? "(none)" : ambient->tenant().value_or("(unset)");
}

TEST(Ambient, AnExecutorHasNoContextUntilOneIsBound) {
  asio::io_context loop;
  EXPECT_EQ(ambient_context(loop.get_executor()), nullptr);
  EXPECT_EQ(ambient_context(asio::any_io_executor()), nullptr);
  EXPECT_EQ(tenant_of(bind_context(loop.get_executor(), context().tenant("acme"))), "acme");
}

TEST(Ambient, BindingReplacesAndDoesNotMerge) {
  asio::io_context loop;
  const asio::any_io_executor first = bind_context(loop.get_executor(), context().tenant("acme").agent("a"));
  const asio::any_io_executor second = bind_context(first, context().tenant("zeta"));
  EXPECT_EQ(tenant_of(second), "zeta");
  EXPECT_FALSE(ambient_context(second)->agent());
  EXPECT_EQ(tenant_of(first), "acme");
}

TEST(Ambient, UnbindingGivesBackTheExecutorThatWasBound) {
  asio::io_context loop;
  const asio::any_io_executor plain = loop.get_executor();
  const asio::any_io_executor twice = bind_context(bind_context(plain, context().tenant("a")), context().tenant("b"));
  EXPECT_EQ(unbind_context(twice), plain);
  EXPECT_EQ(unbind_context(plain), plain);
  EXPECT_EQ(ambient_context(unbind_context(twice)), nullptr);
}

TEST(Ambient, TheContextSurvivesEveryProperty) {
  namespace execution = asio::execution;
  asio::io_context loop;
  const asio::any_io_executor bound = bind_context(loop.get_executor(), context().tenant("acme"));
  EXPECT_EQ(tenant_of(asio::require(bound, execution::blocking.never)), "acme");
  EXPECT_EQ(tenant_of(asio::prefer(bound, execution::blocking.possibly)), "acme");
  EXPECT_EQ(tenant_of(asio::prefer(bound, execution::outstanding_work.tracked)), "acme");
  EXPECT_EQ(tenant_of(asio::prefer(bound, execution::outstanding_work.untracked)), "acme");
  EXPECT_EQ(tenant_of(asio::prefer(bound, execution::relationship.continuation)), "acme");
  EXPECT_EQ(tenant_of(asio::prefer(bound, execution::relationship.fork)), "acme");
  EXPECT_EQ(&asio::query(bound, execution::context), &loop);
}

TEST(Ambient, ASpareCopyKeepsTheContextAlive) {
  asio::io_context loop;
  asio::any_io_executor copy;
  {
    const asio::any_io_executor bound = bind_context(loop.get_executor(), context().tenant(std::string(100, 't')));
    copy = asio::prefer(bound, asio::execution::outstanding_work.tracked);
  }
  EXPECT_EQ(tenant_of(copy), std::string(100, 't'));
}

TEST(Ambient, AStrandMadeOfABoundExecutorHasItsContext) {
  asio::io_context loop;
  const asio::any_io_executor bound = bind_context(loop.get_executor(), context().tenant("acme"));
  const asio::any_io_executor strand = asio::make_strand(bound);
  EXPECT_EQ(tenant_of(strand), "acme");
  EXPECT_EQ(tenant_of(bind_context(strand, context().tenant("zeta"))), "zeta");
  EXPECT_EQ(tenant_of(asio::make_strand(asio::any_io_executor(loop.get_executor()))), "(none)");
}

TEST(Ambient, BindsStrandsAndPools) {
  asio::io_context loop;
  asio::thread_pool pool(1);
  EXPECT_EQ(tenant_of(bind_context(asio::make_strand(loop), context().tenant("acme"))), "acme");
  EXPECT_EQ(tenant_of(bind_context(pool.get_executor(), context().tenant("acme"))), "acme");
}

TEST(ContextScope, NestsAndRestores) {
  EXPECT_EQ(context_scope::current(), nullptr);
  {
    const context_scope outer(context().tenant("acme").agent("a"));
    ASSERT_NE(context_scope::current(), nullptr);
    {
      const context_scope inner(context().tenant("zeta"));
      EXPECT_EQ(context_scope::current()->tenant(), "zeta");
      EXPECT_EQ(context_scope::current()->agent(), "a");
    }
    EXPECT_EQ(context_scope::current()->tenant(), "acme");
  }
  EXPECT_EQ(context_scope::current(), nullptr);
}

TEST(ContextScope, BelongsToItsThread) {
  const context_scope here(context().tenant("acme"));
  bool seen = true;
  std::thread([&seen] { seen = context_scope::current() != nullptr; }).join();
  EXPECT_FALSE(seen);
}

TEST(ContextScope, IsNotWhatAnExecutorHas) {
  asio::io_context loop;
  const context_scope here(context().tenant("acme"));
  EXPECT_EQ(ambient_context(loop.get_executor()), nullptr);
}

}  // namespace
}  // namespace enlace
