#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <enlace/request.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using id = std::optional<std::string>;
using namespace std::string_view_literals;

static_assert(!std::is_aggregate_v<request> && !std::is_aggregate_v<context>,
              "g++ 12 destroys aggregate temporaries in a co_await expression twice");
static_assert(std::is_nothrow_move_constructible_v<request>);

TEST(Request, IsEmptyButForMethodAndUrl) {
  const request made("PURGE", "http://h/x");
  EXPECT_EQ(made.method(), "PURGE");
  EXPECT_EQ(made.url(), "http://h/x");
  EXPECT_EQ(made.data(), std::nullopt);
  EXPECT_EQ(made.body(), std::nullopt);
  EXPECT_EQ(made.content_type(), "");
  EXPECT_TRUE(made.headers().empty());
  EXPECT_EQ(made.ids().tenant(), std::nullopt);
  EXPECT_EQ(made.operation(), "default");
  EXPECT_EQ(made.timeout(), std::nullopt);
  EXPECT_EQ(made.max_attempts(), std::nullopt);
  EXPECT_EQ(made.idempotent(), std::nullopt);
  EXPECT_EQ(made.idempotency_key(), "");
  EXPECT_EQ(made.use_cache(), std::nullopt);
  EXPECT_EQ(made.cache_ttl(), std::nullopt);
  EXPECT_FALSE(made.trail());
}

TEST(Request, FactoriesNameTheirMethod) {
  EXPECT_EQ(get("u").method(), "GET");
  EXPECT_EQ(post("u").method(), "POST");
  EXPECT_EQ(put("u").method(), "PUT");
  EXPECT_EQ(patch("u").method(), "PATCH");
  EXPECT_EQ(del("u").method(), "DELETE");
  EXPECT_EQ(head("u").method(), "HEAD");
  EXPECT_EQ(head("u").url(), "u");
}

request full() {
  return post("http://h/")
      .data(object("a", 1))
      .header("X-A", "1")
      .header("x-a", "2")
      .tenant("t")
      .agent("a")
      .conversation("c")
      .collection("l")
      .operation("embedding")
      .timeout(seconds_d(2.5))
      .max_attempts(4)
      .idempotent()
      .idempotency_key("k")
      .use_cache()
      .cache_ttl(seconds_d(10))
      .trail();
}

void expect_full(const request& made) {
  EXPECT_EQ(made.method(), "POST");
  EXPECT_EQ(made.data(), json::value(object("a", 1)));
  EXPECT_EQ(made.headers().size(), 1U);
  EXPECT_EQ(made.headers().get("X-A"), "2"sv) << "the last wins";
  EXPECT_EQ(made.ids().tenant(), id("t"));
  EXPECT_EQ(made.ids().agent(), id("a"));
  EXPECT_EQ(made.ids().conversation(), id("c"));
  EXPECT_EQ(made.ids().collection(), id("l"));
  EXPECT_EQ(made.operation(), "embedding");
  EXPECT_EQ(made.timeout(), seconds_d(2.5));
  EXPECT_EQ(made.max_attempts(), 4);
  EXPECT_EQ(made.idempotent(), true);
  EXPECT_EQ(made.idempotency_key(), "k");
  EXPECT_EQ(made.use_cache(), true);
  EXPECT_EQ(made.cache_ttl(), seconds_d(10));
  EXPECT_TRUE(made.trail());
}

TEST(Request, KeepsWhatIsSet) { expect_full(full()); }

TEST(Request, SettersOfAnLvalueGiveItBack) {
  request made = get("u");
  request& same = made.tenant("t").operation("x").body("raw", "text/plain");
  EXPECT_EQ(&same, &made);
  EXPECT_EQ(made.body(), id("raw"));
  EXPECT_EQ(made.content_type(), "text/plain");
  made.idempotent(false).use_cache(false).trail(false).operation("");
  // On a request that is not const these names are the setters.
  EXPECT_EQ(std::as_const(made).idempotent(), false);
  EXPECT_EQ(std::as_const(made).use_cache(), false);
  EXPECT_FALSE(std::as_const(made).trail());
  EXPECT_EQ(made.operation(), "default") << "no operation is the default one";
}

TEST(Request, CopiesAreDeep) {
  request original = full();
  request copy = original;
  copy.data(object("b", 2)).header("X-A", "3").tenant("other").operation("rag_query").max_attempts(1);
  expect_full(original);
  EXPECT_EQ(copy.data(), json::value(object("b", 2)));
  EXPECT_EQ(copy.ids().tenant(), id("other"));
  request assigned = get("u");
  assigned = original;
  expect_full(assigned);
  const request& self = assigned;
  assigned = self;
  expect_full(assigned);
  const request moved = std::move(copy);
  EXPECT_EQ(moved.ids().tenant(), id("other"));
  copy = original;
  expect_full(copy);
}

TEST(Request, TakesOverTheIdsThatAContextHas) {
  const request made = get("u").tenant("t1").agent("a1").context(context().tenant("t2").conversation("").baggage("b"));
  EXPECT_EQ(made.ids().tenant(), id("t2"));
  EXPECT_EQ(made.ids().agent(), id("a1"));
  EXPECT_EQ(made.ids().conversation(), id(""));
  EXPECT_EQ(made.ids().collection(), std::nullopt);
  EXPECT_EQ(made.ids().baggage(), id("b"));
}

}  // namespace
}  // namespace enlace
