#include "message/status_text.hpp"

#include <gtest/gtest.h>

namespace {

using enlace::reason_phrase;

TEST(StatusText, KnowsRegisteredStatuses) {
  EXPECT_EQ(reason_phrase(100), "Continue");
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(422), "Unprocessable Content");
  EXPECT_EQ(reason_phrase(511), "Network Authentication Required");
}

TEST(StatusText, HasNoneForOthers) {
  for (const int status : {-1, 0, 99, 209, 418, 499, 512, 599, 1000}) EXPECT_EQ(reason_phrase(status), "") << status;
}

TEST(StatusText, NoneIsOutOfOrder) {
  int known = 0;
  for (int status = 0; status < 1000; ++status) known += reason_phrase(status).empty() ? 0 : 1;
  EXPECT_EQ(known, 60);
}

}  // namespace
