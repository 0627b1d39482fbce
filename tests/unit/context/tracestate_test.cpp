#include "context/tracestate.hpp"

#include <string>

#include <gtest/gtest.h>

namespace enlace {
namespace {

std::string members(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list.append(i == 0 ? "k" : ",k").append(std::to_string(i)).append("=v");
  return list;
}

TEST(Tracestate, TakesWellFormedOnes) {
  for (const std::string& good : {std::string("a=1"), std::string("a=1,b=2"), std::string(" a=1 \t,\tb=2 "),
                                  std::string("a=1,,b=2,"), std::string("1a=1"), std::string("fw529a3039@dt=x"),
                                  std::string("a_-*/@=z"), std::string("a= !\"#$%&'()*+-./:;<>?@[\\]^_`{|}~"),
                                  std::string(256, 'a') + "=1", "a=" + std::string(256, 'v'), members(32)}) {
    EXPECT_TRUE(is_tracestate(good)) << good;
  }
}

TEST(Tracestate, RefusesAllOfItForOneBadMember) {
  for (const std::string& bad : {std::string(""),
                                 std::string(" "),
                                 std::string(",,"),
                                 std::string("a"),
                                 std::string("=1"),
                                 std::string("a="),
                                 std::string("a= "),
                                 std::string("A=1"),
                                 std::string("a =1"),
                                 std::string("@a=1"),
                                 std::string("a.b=1"),
                                 std::string("a=1,b"),
                                 std::string("a=b=c"),
                                 std::string("a=\x7f"),
                                 std::string("a=\xc3\xa9"),
                                 std::string("a=x\ty"),
                                 std::string("a=x\r\ny"),
                                 std::string(257, 'a') + "=1",
                                 "a=" + std::string(257, 'v'),
                                 members(33)}) {
    EXPECT_FALSE(is_tracestate(bad)) << bad;
  }
}

}  // namespace
}  // namespace enlace
