#include "codec/status_line.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(StatusLine, ReadsVersionAndStatus) {
  const auto read = parse_status_line("HTTP/1.1 404 Not Found");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->http11);
  EXPECT_EQ(read->status, 404);
  EXPECT_FALSE(read->bare_cr);
  const auto old = parse_status_line("HTTP/1.0 999 ");
  ASSERT_TRUE(old);
  EXPECT_FALSE(old->http11);
  EXPECT_EQ(old->status, 999);
}

TEST(StatusLine, TakesAnyReasonOrNone) {
  for (const std::string_view line : {"HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 200  OK", "HTTP/1.1 200 O\tK",
                                      "HTTP/1.1 200 \xC3\xA9t\xE9", "HTTP/1.1 200 200 200"}) {
    const auto read = parse_status_line(line);
    ASSERT_TRUE(read) << line;
    EXPECT_EQ(read->status, 200) << line;
    EXPECT_FALSE(read->bare_cr) << line;
  }
}

TEST(StatusLine, MarksBareCarriageReturnsInTheReason) {
  const auto read = parse_status_line("HTTP/1.1 200 OK\r\rContent-Length: 4");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->bare_cr);
}

TEST(StatusLine, RefusesEverythingElse) {
  using namespace std::string_view_literals;
  for (const std::string_view line : {""sv,
                                      "HTTP/1.1"sv,
                                      "HTTP/1.1 "sv,
                                      "HTTP/1.1 20"sv,
                                      "HTTP/1.1 2000"sv,
                                      "HTTP/1.1 2 OK"sv,
                                      "HTTP/1.1 200OK"sv,
                                      "HTTP/1.1\t200 OK"sv,
                                      "HTTP/1.1  200 OK"sv,
                                      "HTTP/1.1 099 no"sv,
                                      "HTTP/1.1 000 no"sv,
                                      "HTTP/1.1 -20 no"sv,
                                      "HTTP/1.1 +20 no"sv,
                                      "HTTP/1.1 2x0 no"sv,
                                      "HTTP/1.2 200 OK"sv,
                                      "HTTP/2.0 200 OK"sv,
                                      "HTTP/0.9 200 OK"sv,
                                      "HTTP/1.11 200 OK"sv,
                                      "HTTP/01.1 200 OK"sv,
                                      "http/1.1 200 OK"sv,
                                      "HTTP 1.1 200 OK"sv,
                                      "ICY 200 OK"sv,
                                      " HTTP/1.1 200 OK"sv,
                                      "HTTP/1.1 200 O\0K"sv,
                                      "HTTP/1.1 200 O\x01K"sv,
                                      "HTTP/1.1 200 O\x7FK"sv,
                                      "HTTP/1.1 200\rOK"sv,
                                      "HTTP/1.1 200 O\nK"sv}) {
    EXPECT_FALSE(parse_status_line(line)) << line;
  }
}

}  // namespace
}  // namespace enlace
