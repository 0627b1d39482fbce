#include "message/upstream_error.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(LayOver, OursComeFirstAndTheirsStay) {
  json::object details = object("a", 1);
  lay_over(details, object("status", 503));
  EXPECT_EQ(details, object("status", 503, "a", 1));
  EXPECT_EQ(details.begin()->key(), "status");
}

TEST(LayOver, WhatBothHaveStaysBelow) {
  json::object details = object("status", 404, "body", "x", "a", 1);
  lay_over(details, object("status", 503, "body", "y"));
  EXPECT_EQ(details, object("status", 503, "body", "y", "a", 1, "upstream", object("status", 404, "body", "x")));
  lay_over(details, object("status", 500, "body", "z"));
  EXPECT_EQ(details.at("upstream").at("upstream").at("status"), 404);
  EXPECT_EQ(details.at("a"), 1);
}

TEST(LayOver, EqualMembersAreOne) {
  json::object details = object("upstream_code", "X", "upstream", object("status", 404));
  lay_over(details, object("upstream_code", "X"));
  EXPECT_EQ(details, object("upstream_code", "X", "upstream", object("status", 404)));
}

TEST(LayOver, AnUpstreamThatIsNoObjectIsKept) {
  json::object details = object("status", 404, "upstream", "somebody");
  lay_over(details, object("status", 503));
  EXPECT_EQ(details, object("status", 503, "upstream", object("status", 404, "upstream", "somebody")));
}

TEST(UpstreamError, TextOfAnyValue) {
  EXPECT_FALSE(text_of(nullptr));
  EXPECT_EQ(text_of(""), "");
  EXPECT_EQ(text_of("x"), "x");
  EXPECT_EQ(text_of(json::value(5)), "5");
  EXPECT_EQ(text_of(array(1, "a", 0.7)), R"([1,"a",0.7])");
}

}  // namespace
}  // namespace enlace
