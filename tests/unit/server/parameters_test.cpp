#include "server/parameters.hpp"

#include <enlace/json.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

parameters given(std::string_view query) {
  return parameters(server_request("GET", "/?" + std::string(query), headers(), ""));
}

TEST(Parameters, ReadsWholeNumbersWithinTheirBounds) {
  EXPECT_EQ(given("n=7").integer("n", 1, 0, 10), 7);
  EXPECT_EQ(given("n=-7").integer("n", 1, -7, 10), -7);
  EXPECT_EQ(given("n=10").integer("n", 1, 0, 10), 10);
  EXPECT_EQ(given("").integer("n", -1, 0, 10), -1);
  EXPECT_EQ(given("n=3&n=4").integer("n", 1, 0, 10), 3);
}

TEST(Parameters, RefusesEverythingElse) {
  for (const char* bad : {"n=", "n", "n=11", "n=-1", "n=1.0", "n=1e1", "n=0x1", "n=+1", "n=+", "n=1+", "n=%201", "n=x",
                          "n=99999999999999999999999"}) {
    parameters all = given(bad);
    const std::int64_t value = all.integer("n", 5, 0, 10);
    EXPECT_TRUE(value >= 0 && value <= 10);
    ASSERT_TRUE(all.fault()) << bad;
    EXPECT_EQ(all.fault()->code, error_code::validation_error);
    EXPECT_EQ(all.fault()->status, 422);
    EXPECT_EQ(all.fault()->details.at("field"), "n");
    EXPECT_EQ(all.fault()->details.at("fix"), "give a whole number from 0 to 10");
    EXPECT_NE(all.fault()->message.find("give a whole number from 0 to 10"), std::string::npos);
  }
}

TEST(Parameters, KeepsTheFirstFault) {
  parameters all = given("a=x&b=y");
  all.integer("a", 0, 0, 1);
  all.integer("b", 0, 0, 1);
  EXPECT_EQ(all.fault()->details.at("field"), "a");
}

TEST(Parameters, ReadsWords) {
  EXPECT_EQ(given("w=two").word("w", {"one", "two"}), "two");
  EXPECT_EQ(given("").word("w", {"one", "two"}), "one");
  parameters bad = given("w=three");
  EXPECT_EQ(bad.word("w", {"one", "two"}), "one");
  EXPECT_EQ(bad.fault()->details.at("fix"), "give one of one, two");
}

TEST(Parameters, ReadsText) {
  EXPECT_EQ(given("t=a+b").text("t", 3), "a b");
  EXPECT_EQ(given("").text("t", 3), std::nullopt);
  for (const char* bad : {"t=abcd", "t=a%0Ab", "t=%00"}) {
    parameters all = given(bad);
    EXPECT_EQ(all.text("t", 3), std::nullopt);
    EXPECT_TRUE(all.fault()) << bad;
  }
}

TEST(Parameters, TellsBackNoMoreOfABadValueThanFits) {
  parameters all = given("n=" + std::string(5000, 'x') + "%FF%0A");
  all.integer("n", 0, 0, 1);
  EXPECT_LT(all.fault()->message.size(), 200U);
}

TEST(Parameters, ReadsNumbersFromElsewhere) {
  parameters all = given("");
  EXPECT_EQ(all.integer_of("code", "503", 200, 599), 503);
  EXPECT_FALSE(all.fault());
  all.integer_of("code", "5x3", 200, 599);
  EXPECT_EQ(all.fault()->details.at("field"), "code");
}

}  // namespace
}  // namespace enlace
