#include "cache/cache_key.hpp"

#include <bit>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace enlace {
namespace {

constexpr std::uint64_t seed = 7;

template <class... Parts>
cache_key key_of(Parts... parts) {
  cache_key_builder builder(seed);
  (builder.add(parts), ...);
  return builder.finish();
}

json::value parsed(std::string_view text) { return parse_json(text).value(); }

cache_key key_of_json(std::string_view text) { return cache_key_builder(seed).add_json(parsed(text)).finish(); }

cache_key_parts some_call() {
  cache_key_parts parts;
  parts.method = "POST";
  parts.url = "http://embedding:8000/api/generate";
  parts.tenant = "acme";
  parts.agent = "a-7";
  parts.conversation = "c-1";
  parts.collection = "docs";
  return parts;
}

TEST(CacheKeyBuilder, PartsDoNotRunIntoEachOther) {
  EXPECT_NE(key_of("ab", "c"), key_of("a", "bc"));
  EXPECT_NE(key_of("ab", "c"), key_of("abc"));
  EXPECT_NE(key_of("", "abc"), key_of("abc", ""));
  EXPECT_NE(key_of(""), key_of("", ""));
  EXPECT_NE(key_of(), key_of(""));
  EXPECT_EQ(key_of("ab", "c"), key_of("ab", "c"));
}

TEST(CacheKeyBuilder, ZeroBytesCount) {
  EXPECT_NE(key_of(std::string_view("a\0", 2)), key_of("a"));
  EXPECT_NE(key_of(std::string_view("\0", 1)), key_of(""));
}

TEST(CacheKeyBuilder, APartThatLooksLikeALengthAndAPartIsNotTaken) {
  const std::string forged = std::string("a") + std::string("\1\0\0\0\0\0\0\0", 8) + "b";
  EXPECT_NE(key_of(forged), key_of("a", "b"));
}

TEST(CacheKeyBuilder, MissingIsNotEmpty) {
  EXPECT_NE(cache_key_builder(seed).add_optional(std::nullopt).finish(),
            cache_key_builder(seed).add_optional("").finish());
  EXPECT_EQ(cache_key_builder(seed).add_optional("x").finish(), key_of("x"));
}

TEST(CacheKeyBuilder, SeedChangesTheKey) {
  EXPECT_NE(cache_key_builder(1).add("x").finish(), cache_key_builder(2).add("x").finish());
  EXPECT_EQ(process_cache_seed(), process_cache_seed());
  EXPECT_EQ(cache_key_builder().add("x").finish(), cache_key_builder(process_cache_seed()).add("x").finish());
}

TEST(CacheKeyBuilder, FinishMayBeAskedOnTheWay) {
  cache_key_builder builder(seed);
  builder.add("a");
  EXPECT_EQ(builder.finish(), key_of("a"));
  EXPECT_EQ(builder.finish(), key_of("a"));
  builder.add("b");
  EXPECT_EQ(builder.finish(), key_of("a", "b"));
}

TEST(CacheKeyBuilder, EqualJsonIsAnEqualPart) {
  EXPECT_EQ(key_of_json(R"({"a":1,"b":[true,null]})"), key_of_json(R"( {"b":[true,null], "a":1.0} )"));
  EXPECT_NE(key_of_json(R"({"a":1})"), key_of_json(R"({"a":"1"})"));
  EXPECT_NE(key_of_json(R"([1,2])"), key_of_json(R"([2,1])"));
  EXPECT_NE(key_of_json(R"([[1],2])"), key_of_json(R"([1,[2]])"));
  EXPECT_NE(key_of_json("null"), key_of_json(R"("null")"));
  EXPECT_NE(key_of_json("{}"), key_of_json("[]"));
}

TEST(CacheKeyBuilder, JsonHasItsLengthToo) {
  const auto pair = [](std::string_view a, std::string_view b) {
    return cache_key_builder(seed).add_json(parsed(a)).add_json(parsed(b)).finish();
  };
  EXPECT_NE(pair("1", "23"), pair("12", "3"));
  EXPECT_EQ(cache_key_builder(seed).add_json(parsed("[1]")).finish(), key_of("[1]"));
}

TEST(CacheKeyBuilder, LongPartsAreHashedWhole) {
  std::string text(100'000, 'x');
  const cache_key before = key_of(text);
  for (const std::size_t at : {std::size_t{0}, std::size_t{240}, std::size_t{50'000}, text.size() - 1}) {
    std::string changed = text;
    changed[at] = 'y';
    EXPECT_NE(key_of(changed), before) << at;
  }
}

TEST(CacheKeyBuilder, EveryBitOfAPartReachesBothHalves) {
  const std::string text = "a text of some length, enough for the middle path of the hash";
  const cache_key before = key_of(text);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string changed = text;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    const cache_key after = key_of(changed);
    EXPECT_GT(std::popcount(before.high() ^ after.high()), 8) << bit;
    EXPECT_GT(std::popcount(before.low() ^ after.low()), 8) << bit;
  }
}

TEST(KeyFor, EveryPartTellsCallsApart) {
  const json::value data = parsed(R"({"text":"x"})");
  headers fields;
  fields.add("Accept-Language", "en");
  const std::vector<std::string> vary{"Accept-Language"};
  const auto changed = [](auto change) {
    cache_key_parts parts = some_call();
    change(parts);
    return key_for(parts, seed);
  };
  std::set<cache_key> keys;
  keys.insert(key_for(some_call(), seed));
  keys.insert(changed([](auto& p) { p.method = "GET"; }));
  keys.insert(changed([](auto& p) { p.url = "http://embedding:8000/api/other"; }));
  keys.insert(changed([&](auto& p) { p.data = &data; }));
  keys.insert(changed([](auto& p) { p.body = ""; }));
  keys.insert(changed([](auto& p) { p.body = R"({"text":"x"})"; }));
  keys.insert(changed([](auto& p) { p.content_type = "text/plain"; }));
  keys.insert(changed([](auto& p) { p.tenant = "umbrella"; }));
  keys.insert(changed([](auto& p) { p.agent = "a-8"; }));
  keys.insert(changed([](auto& p) { p.conversation = "c-2"; }));
  keys.insert(changed([](auto& p) { p.collection = "mail"; }));
  keys.insert(changed([](auto& p) { p.authorization = "Bearer x"; }));
  keys.insert(changed([&](auto& p) { p.vary = vary; }));
  keys.insert(changed([&](auto& p) {
    p.vary = vary;
    p.fields = &fields;
  }));
  EXPECT_EQ(keys.size(), 14U);
}

TEST(KeyFor, IdsDoNotTakeEachOthersPlace) {
  cache_key_parts agent;
  agent.agent = "x";
  cache_key_parts conversation;
  conversation.conversation = "x";
  cache_key_parts collection;
  collection.collection = "x";
  cache_key_parts tenant;
  tenant.tenant = "x";
  const std::set<cache_key> keys{key_for(agent, seed), key_for(conversation, seed), key_for(collection, seed),
                                 key_for(tenant, seed)};
  EXPECT_EQ(keys.size(), 4U);
}

TEST(KeyFor, ScopeLeavesIdsOutButNeverTheTenant) {
  cache_key_parts one = some_call();
  one.scope = {cache_id::collection};
  cache_key_parts other = one;
  other.agent = "somebody else";
  other.conversation = "another";
  EXPECT_EQ(key_for(one, seed), key_for(other, seed));
  other.collection = "mail";
  EXPECT_NE(key_for(one, seed), key_for(other, seed));

  cache_key_parts narrow = some_call();
  narrow.scope = {};
  narrow.scope = cache_scope{cache_id::agent};
  cache_key_parts of_another = narrow;
  of_another.tenant = "umbrella";
  EXPECT_NE(key_for(narrow, seed), key_for(of_another, seed));
}

TEST(KeyFor, OutOfScopeIsNotTheSameAsNotSent) {
  cache_key_parts without_agent = some_call();
  without_agent.agent = "";
  cache_key_parts unscoped = without_agent;
  unscoped.scope = {cache_id::conversation, cache_id::collection};
  EXPECT_NE(key_for(without_agent, seed), key_for(unscoped, seed));
}

TEST(KeyFor, VaryTakesTheValuesOfTheNamedFieldsOnly) {
  const std::vector<std::string> vary{"Accept-Language", "X-Mode"};
  headers plain;
  plain.add("accept-language", "en");
  headers with_other = plain;
  with_other.add("X-Request-ID", "r-1");
  headers empty_mode = plain;
  empty_mode.add("X-Mode", "");
  headers two = plain;
  two.add("Accept-Language", "de");
  const auto key_with = [&](const headers& fields) {
    cache_key_parts parts = some_call();
    parts.vary = vary;
    parts.fields = &fields;
    return key_for(parts, seed);
  };
  EXPECT_EQ(key_with(plain), key_with(with_other));
  EXPECT_NE(key_with(plain), key_with(empty_mode));
  EXPECT_NE(key_with(plain), key_with(two));
}

TEST(KeyFor, DataAndAnEqualBodyDiffer) {
  const json::value data = parsed("1");
  cache_key_parts with_data;
  with_data.data = &data;
  cache_key_parts with_body;
  with_body.body = "1";
  EXPECT_NE(key_for(with_data, seed), key_for(with_body, seed));
}

}  // namespace
}  // namespace enlace
