#include <cstdlib>

#include <enlace/options.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(Environment, IsThatOfTheProcess) {
  ASSERT_EQ(::setenv("ENLACE_TEST_VARIABLE", "a=b", 1), 0);
  ASSERT_EQ(::setenv("ENLACE_TEST_EMPTY", "", 1), 0);
  const environment variables = process_environment();
  EXPECT_EQ(variables.at("ENLACE_TEST_VARIABLE"), "a=b");
  EXPECT_EQ(variables.at("ENLACE_TEST_EMPTY"), "");
  ::unsetenv("ENLACE_TEST_VARIABLE");
  ::unsetenv("ENLACE_TEST_EMPTY");
  EXPECT_FALSE(process_environment().contains("ENLACE_TEST_VARIABLE"));
}

}  // namespace
}  // namespace enlace
