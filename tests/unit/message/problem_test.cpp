#include "message/problem.hpp"

#include <gtest/gtest.h>

namespace {

using enlace::array;
using enlace::object;
using enlace::problem_members;

TEST(Problem, KeepsStandardMembersAndExtensions) {
  const enlace::json::object document =
      object("type", "https://example.com/out-of-credit", "title", "Out of credit", "status", 403, "detail",
             "30 are needed", "instance", "/account/1", "balance", 12, "accounts", array("/1", "/2"));
  EXPECT_EQ(problem_members(document), document);
}

TEST(Problem, DropsStandardMembersOfTheWrongType) {
  const enlace::json::object document =
      object("type", 1, "title", nullptr, "status", "403", "detail", array(), "instance", true, "x", 1);
  EXPECT_EQ(problem_members(document), object("x", 1));
}

TEST(Problem, TakesAStatusThatIsWrittenWithAFraction) {
  EXPECT_EQ(problem_members(object("status", 404.0)), object("status", 404.0));
}

}  // namespace
