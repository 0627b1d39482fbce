#include "codec/head_scanner.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using verdict = head_scanner::verdict;

/// Scans whole and byte by byte, and requires the same.
verdict scan(std::string_view bytes) {
  head_scanner whole;
  const verdict at_once = whole.scan(bytes);
  head_scanner split;
  verdict stepwise = verdict::need_more;
  for (std::size_t size = 1; size <= bytes.size() && stepwise == verdict::need_more; ++size) {
    stepwise = split.scan(bytes.substr(0, size));
  }
  EXPECT_EQ(at_once, stepwise) << bytes;
  if (at_once == verdict::complete) {
    EXPECT_EQ(whole.size(), split.size());
    EXPECT_EQ(whole.fields(), split.fields());
    EXPECT_EQ(whole.first_line_size(), split.first_line_size());
  }
  return at_once;
}

TEST(HeadScanner, FindsTheEnd) {
  head_scanner scanner;
  EXPECT_EQ(scanner.scan("one\r\ntwo\r\nthree\r\n\r\nrest"), verdict::complete);
  EXPECT_EQ(scanner.size(), 19U);
  EXPECT_EQ(scanner.first_line_size(), 5U);
  EXPECT_EQ(scanner.fields(), 2U);
}

TEST(HeadScanner, CountsNoFieldsWhereThereAreNone) {
  head_scanner scanner;
  EXPECT_EQ(scanner.scan("one\r\n\r\n"), verdict::complete);
  EXPECT_EQ(scanner.fields(), 0U);
  scanner.reset();
  EXPECT_EQ(scanner.scan("\r\n"), verdict::complete);
  EXPECT_EQ(scanner.fields(), 0U);
}

TEST(HeadScanner, WantsMoreUntilTheBlankLineIsThere) {
  for (const std::string_view bytes : {"", "o", "one", "one\r", "one\r\n", "one\r\ntwo\r\n", "one\r\n\r"}) {
    EXPECT_EQ(scan(bytes), verdict::need_more) << bytes;
  }
}

TEST(HeadScanner, RefusesABareLineFeed) {
  for (const std::string_view bytes : {"one\n", "\n", "one\r\n\n", "one\r\ntwo\n\r\n", "one\r\ntwo\nthree\r\n\r\n"}) {
    EXPECT_EQ(scan(bytes), verdict::bad_line_end) << bytes;
  }
}

TEST(HeadScanner, RefusesFoldedLines) {
  for (const std::string_view bytes : {"one\r\n two\r\n\r\n", "one\r\n\ttwo\r\n\r\n", "one\r\na: b\r\n c\r\n\r\n",
                                       "one\r\na:\r\n \r\n\r\n", "one\r\na: b\r\n\t"}) {
    EXPECT_EQ(scan(bytes), verdict::folded_line) << bytes;
  }
}

TEST(HeadScanner, LeavesBareCarriageReturnsToTheParser) {
  EXPECT_EQ(scan("one\rtwo\r\nthree\r\r\n\r\n"), verdict::complete);
}

}  // namespace
}  // namespace enlace
