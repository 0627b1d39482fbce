#include "context/trace_context.hpp"

#include <cmath>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace enlace {
namespace {

constexpr std::string_view sample = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string text_of(const trace_context& at) {
  std::array<char, trace_context::text_size> buffer{};
  return std::string(at.format(buffer));
}

TEST(TraceContext, ReadsAndWritesTheSameText) {
  const std::optional<trace_context> parsed = trace_context::parse(sample);
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->sampled());
  EXPECT_EQ(parsed->trace_id[0], 0x0a);
  EXPECT_EQ(parsed->span_id[7], 0x31);
  EXPECT_EQ(text_of(*parsed), sample);
  std::array<char, 32> trace{};
  EXPECT_EQ(parsed->format_trace_id(trace), sample.substr(3, 32));
  std::array<char, 16> span{};
  EXPECT_EQ(parsed->format_span_id(span), sample.substr(36, 16));
}

TEST(TraceContext, IgnoresWhiteSpaceAroundIt) {
  EXPECT_TRUE(trace_context::parse(" \t" + std::string(sample) + "\t "));
  EXPECT_FALSE(trace_context::parse(" "));
  EXPECT_FALSE(trace_context::parse(std::string(sample) + "\n"));
}

TEST(TraceContext, ALaterVersionCountsAsFarAsTheFirstGoes) {
  const std::string later = "cc" + std::string(sample.substr(2));
  const std::optional<trace_context> parsed = trace_context::parse(later);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(text_of(*parsed), sample);
  EXPECT_TRUE(trace_context::parse(later + "-what-the-future-brings"));
  EXPECT_TRUE(trace_context::parse(later + "-"));
  EXPECT_FALSE(trace_context::parse(later + ".what"));
  EXPECT_FALSE(trace_context::parse(std::string(sample) + "-what"));
  EXPECT_FALSE(trace_context::parse("ff" + std::string(sample.substr(2))));
}

TEST(TraceContext, KeepsTheFlagsItKnows) {
  const std::string base(sample.substr(0, 53));
  EXPECT_EQ(trace_context::parse(base + "ff")->flags, 3);
  EXPECT_EQ(trace_context::parse(base + "02")->flags, 2);
  EXPECT_FALSE(trace_context::parse(base + "02")->sampled());
}

TEST(TraceContext, RefusesEveryByteThatIsNotWhatItShouldBe) {
  for (std::size_t i = 0; i < sample.size(); ++i) {
    for (const char bad : {'g', 'A', 'F', '.', ' ', '\0', '/', ':', '`'}) {
      std::string text(sample);
      text[i] = bad;
      EXPECT_FALSE(trace_context::parse(text)) << i << " " << bad;
    }
    EXPECT_FALSE(trace_context::parse(sample.substr(0, i))) << i;
  }
}

TEST(TraceContext, RefusesIdsOfZeros) {
  std::string no_trace(sample);
  no_trace.replace(3, 32, 32, '0');
  EXPECT_FALSE(trace_context::parse(no_trace));
  std::string no_span(sample);
  no_span.replace(36, 16, 16, '0');
  EXPECT_FALSE(trace_context::parse(no_span));
}

TEST(TraceContext, RootsAndChildrenAreDistinct) {
  random_source random(7);
  const trace_context root = trace_context::make_root(random, 1);
  EXPECT_TRUE(root.sampled());
  EXPECT_EQ(trace_context::parse(text_of(root)), root);
  EXPECT_FALSE(trace_context::make_root(random, 0).sampled());
  std::set<std::string> seen = {text_of(root)};
  for (int i = 0; i < 100; ++i) {
    const trace_context below = root.child(random);
    EXPECT_EQ(below.trace_id, root.trace_id);
    EXPECT_EQ(below.flags, root.flags);
    EXPECT_TRUE(seen.insert(text_of(below)).second);
    EXPECT_TRUE(seen.insert(text_of(trace_context::make_root(random, 1))).second);
  }
}

TEST(TraceContext, TheShareOfSampledRootsIsAsAsked) {
  random_source random(7);
  constexpr int roots = 20'000;
  for (const double share : {0.01, 0.5, 0.9}) {
    int sampled = 0;
    for (int i = 0; i < roots; ++i) sampled += trace_context::make_root(random, share).sampled() ? 1 : 0;
    EXPECT_NEAR(sampled, share * roots, 5 * std::sqrt(share * (1 - share) * roots)) << share;
  }
}

TEST(TraceContext, WhatASmallShareSamplesALargerOneDoesToo) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    random_source one(seed);
    random_source same(seed);
    if (!trace_context::make_root(one, 0.1).sampled()) continue;
    EXPECT_TRUE(trace_context::make_root(same, 0.2).sampled());
  }
}

}  // namespace
}  // namespace enlace
