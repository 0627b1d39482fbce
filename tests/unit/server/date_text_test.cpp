#include "server/date_text.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(DateText, WritesTheFixedForm) {
  const wall_time epoch;
  EXPECT_EQ(date_text(epoch), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date_text(epoch + std::chrono::seconds(784887151)), "Tue, 15 Nov 1994 08:12:31 GMT");
  EXPECT_EQ(date_text(epoch + std::chrono::seconds(951782399)), "Mon, 28 Feb 2000 23:59:59 GMT");
  EXPECT_EQ(date_text(epoch + std::chrono::seconds(951782400) + std::chrono::milliseconds(999)),
            "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(date_text(epoch - std::chrono::milliseconds(1)), "Wed, 31 Dec 1969 23:59:59 GMT");
}

}  // namespace
}  // namespace enlace
