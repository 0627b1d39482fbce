#include "config/expansion.hpp"

#include <string>

#include <gtest/gtest.h>

namespace enlace {
namespace {

class Expansion : public testing::Test {
 protected:
  Expansion() {
    variables_ = {
        {"TOKEN", "s3cret"}, {"EMPTY", ""}, {"NESTED", "${TOKEN}"}, {"FILE", "file:/etc/secret"}, {"_x1", "y"}};
    around_.variables = &variables_;
    around_.file = "/etc/enlace/enlace.toml";
    around_.read_file = [this](const std::string& path) -> result<std::string> {
      read_ = path;
      if (path.ends_with("missing")) return error(error_code::configuration_error, path + ": No such file");
      return content_;
    };
  }

  std::string problem(std::string text) {
    value_ = raw_value();
    value_.text = std::move(text);
    return expand(value_, around_);
  }
  std::string text(std::string of) {
    EXPECT_EQ(problem(std::move(of)), "");
    return value_.text;
  }

  environment variables_;
  surroundings around_;
  raw_value value_;
  std::string read_;
  std::string content_ = "from file\n";
};

TEST_F(Expansion, ReplacesVariables) {
  EXPECT_EQ(text("${TOKEN}"), "s3cret");
  EXPECT_EQ(value_.written, "${TOKEN}");
  EXPECT_TRUE(value_.untyped);
  EXPECT_EQ(text("a${TOKEN}b${_x1}c"), "as3cretbyc");
  EXPECT_EQ(text("${EMPTY}"), "");
}

TEST_F(Expansion, LeavesOtherTextAlone) {
  for (const char* plain : {"", "$", "$$", "a$b", "{TOKEN}", "$TOKEN", "100$", "}", "{$}", "profile:x", "File:x"}) {
    EXPECT_EQ(text(plain), plain);
    EXPECT_EQ(value_.written, "") << plain;
    EXPECT_FALSE(value_.untyped) << plain;
  }
}

TEST_F(Expansion, DollarIsWrittenTwiceBeforeABrace) {
  EXPECT_EQ(text("$${TOKEN}"), "${TOKEN}");
  EXPECT_EQ(text("$${"), "${");
  EXPECT_EQ(text("x$${a}${TOKEN}"), "x${a}s3cret");
}

TEST_F(Expansion, NamesTheVariableThatIsNotDefined) {
  EXPECT_EQ(problem("a ${MISSING} b"), "the environment variable MISSING is not defined");
  EXPECT_NE(problem("${token}"), "") << "names have case";
}

TEST_F(Expansion, RefusesHalfAReference) {
  EXPECT_NE(problem("${TOKEN"), "");
  EXPECT_NE(problem("${"), "");
  for (const char* text : {"${}", "${ TOKEN}", "${1A}", "${A-B}", "${A:-b}", "${${TOKEN}}"}) {
    EXPECT_NE(problem(text).find("does not name"), std::string::npos) << text;
  }
}

TEST_F(Expansion, WhatWasPutInIsNotLookedAtAgain) {
  EXPECT_EQ(text("${NESTED}"), "${TOKEN}");
  EXPECT_EQ(text("${FILE}"), "file:/etc/secret");
  EXPECT_EQ(read_, "") << "a variable must not make a file be read";
}

TEST_F(Expansion, ReadsFiles) {
  EXPECT_EQ(text("file:/run/secrets/token"), "from file");
  EXPECT_EQ(read_, "/run/secrets/token");
  EXPECT_EQ(value_.written, "file:/run/secrets/token");
  text("file:token");
  EXPECT_EQ(read_, "/etc/enlace/token") << "beside the configuration";
  text("file:${TOKEN}");
  EXPECT_EQ(read_, "/etc/enlace/s3cret");
  around_.file = "enlace.toml";
  text("file:token");
  EXPECT_EQ(read_, "token");
}

TEST_F(Expansion, TakesOnlyLineEndsOffAFile) {
  content_ = " a b \r\n\n";
  EXPECT_EQ(text("file:x"), " a b ");
  content_ = "${TOKEN}";
  EXPECT_EQ(text("file:x"), "${TOKEN}");
  content_ = "";
  EXPECT_EQ(text("file:x"), "");
  EXPECT_EQ(value_.written, "file:x");
}

TEST_F(Expansion, SaysWhyAFileCanNotBeRead) { EXPECT_EQ(problem("file:/missing"), "/missing: No such file"); }

TEST_F(Expansion, GoesThroughLists) {
  raw_value list;
  list.is = raw_value::type::list;
  list.items.resize(3);
  list.items[0].text = "plain";
  list.items[1].text = "${TOKEN}";
  list.items[2].is = raw_value::type::integer;
  EXPECT_EQ(expand(list, around_), "");
  EXPECT_EQ(list.items[0].text, "plain");
  EXPECT_EQ(list.items[1].text, "s3cret");
  EXPECT_EQ(list.written, "[\"plain\", \"${TOKEN}\"]");
  list.items[0].text = "${MISSING}";
  EXPECT_NE(expand(list, around_), "");
}

}  // namespace
}  // namespace enlace
