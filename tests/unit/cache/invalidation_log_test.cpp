#include "cache/invalidation_log.hpp"

#include <string>

#include <gtest/gtest.h>

#include "cache/cache.hpp"

namespace enlace {
namespace {

cache_tags tags_of(std::string_view service, std::string_view operation, std::string_view collection) {
  cache_tags tags;
  tags.service = service;
  tags.operation = operation;
  tags.collection = collection;
  return tags;
}

const tag_hashes some_tags(tags_of("rag", "rag_query", "docs"));

TEST(TagFilter, MatchesWhatIsGivenAndNothingElse) {
  cache_filter filter;
  EXPECT_TRUE(tag_filter(filter).matches(some_tags));
  filter.service = "rag";
  EXPECT_TRUE(tag_filter(filter).matches(some_tags));
  filter.operation = "rag_query";
  filter.collection = "docs";
  EXPECT_TRUE(tag_filter(filter).matches(some_tags));
  filter.collection = "";
  EXPECT_FALSE(tag_filter(filter).matches(some_tags));
  filter.collection = "docs";
  filter.service = "other";
  EXPECT_FALSE(tag_filter(filter).matches(some_tags));
  filter.service = "rag";
  filter.operation = "rag_search";
  EXPECT_FALSE(tag_filter(filter).matches(some_tags));
}

TEST(InvalidationLog, TouchesOlderTicketsOnly) {
  invalidation_log log;
  const std::uint64_t before = log.now();
  EXPECT_FALSE(log.touched(before, "acme", some_tags));
  const std::uint64_t epoch = log.record("acme", tag_filter());
  EXPECT_EQ(log.now(), epoch);
  EXPECT_TRUE(log.touched(before, "acme", some_tags));
  EXPECT_FALSE(log.touched(epoch, "acme", some_tags));
}

TEST(InvalidationLog, TouchesOnlyWhatMatches) {
  invalidation_log log;
  cache_filter mail;
  mail.collection = "mail";
  log.record("acme", tag_filter(mail));
  EXPECT_FALSE(log.touched(0, "acme", some_tags));
  EXPECT_TRUE(log.touched(0, "acme", tag_hashes(tags_of("rag", "rag_query", "mail"))));
  EXPECT_FALSE(log.touched(0, "umbrella", tag_hashes(tags_of("rag", "rag_query", "mail"))));
}

TEST(InvalidationLog, IsConservativeWhenItCannotRemember) {
  invalidation_log log;
  cache_filter mail;
  mail.collection = "mail";
  const std::uint64_t before = log.now();
  for (int i = 0; i < 65; ++i) log.record("acme", tag_filter(mail));
  EXPECT_TRUE(log.touched(before, "acme", some_tags)) << "the first filter is forgotten: it might have matched";
  EXPECT_FALSE(log.touched(before + 1, "acme", some_tags)) << "all filters since are known, and do not match";
}

TEST(InvalidationLog, AForgottenMatchStillCounts) {
  invalidation_log log;
  log.record("acme", tag_filter());
  for (int i = 0; i < 10'000; ++i) log.record("tenant-" + std::to_string(i % 7), tag_filter());
  EXPECT_TRUE(log.touched(0, "acme", some_tags));
}

TEST(InvalidationLog, ManyOfOneTenantLeaveOthersAlone) {
  invalidation_log log;
  for (int i = 0; i < 10'000; ++i) log.record("noisy", tag_filter());
  int touched = 0;
  for (int i = 0; i < 200; ++i) touched += log.touched(0, "quiet-" + std::to_string(i), some_tags) ? 1 : 0;
  EXPECT_LT(touched, 10) << "only those that share the noisy one's slot";
  EXPECT_TRUE(log.touched(0, "noisy", some_tags));
}

}  // namespace
}  // namespace enlace
