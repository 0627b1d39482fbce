#include "config/problem_list.hpp"

#include <string>

#include <enlace/json.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(ProblemList, GivesOneErrorWithALineForEach) {
  problem_list problems;
  EXPECT_TRUE(problems.empty());
  problems.add("enlace.toml:9", 9, "last");
  problems.add("enlace.toml:2", 2, "first");
  problems.add("enlace.toml:9", 9, "very last");
  problems.add("", 0, "of no line");
  EXPECT_FALSE(problems.empty());
  const error failed = problems.to_error();
  EXPECT_EQ(failed.code, error_code::configuration_error);
  EXPECT_EQ(failed.message, "of no line\nenlace.toml:2: first\nenlace.toml:9: last\nenlace.toml:9: very last");
  EXPECT_EQ(failed.details.at("problems").as_array().size(), 4U);
  EXPECT_EQ(failed.details.at("problems").as_array()[1], "enlace.toml:2: first");
}

TEST(ProblemList, ShowsForeignBytesAsOneCleanLine) {
  problem_list problems;
  problems.add("enlace.toml:1", 1, "unknown key 'a\nb\x1b[31m\xff'");
  EXPECT_EQ(problems.to_error().message.find_first_of("\n\x1b\xff"), std::string::npos);
}

TEST(ProblemList, StaysReadable) {
  problem_list problems;
  for (int i = 1; i <= 1000; ++i) problems.add("f:1", i, std::string(10'000, 'x'));
  const error failed = problems.to_error();
  EXPECT_EQ(failed.details.at("problems").as_array().size(), 100U);
  EXPECT_LT(failed.message.size(), 60'000U);
  EXPECT_TRUE(failed.message.ends_with("\nand 900 more"));
}

}  // namespace
}  // namespace enlace
