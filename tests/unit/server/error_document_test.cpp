#include "server/error_document.hpp"

#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(ErrorDocument, IsTheFailureFormOfTheEnvelope) {
  error failed(error_code::timeout_error, "too late", object("phase", "connect"));
  failed.retry_after = seconds_d(7);
  const json::object document = error_document(failed);
  EXPECT_EQ(document.at("success"), false);
  EXPECT_EQ(document.at("message"), "too late");
  EXPECT_TRUE(document.at("data").is_null());
  EXPECT_TRUE(document.at("metadata").as_object().empty());
  EXPECT_EQ(document.at("error"), json::value(failed.to_json()));
}

TEST(ErrorDocument, CanAlwaysBeWritten) {
  const error failed(error_code::timeout_error, "\xFF", object("a", std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(has_non_finite(error_document(failed)));
  EXPECT_EQ(error_document(failed).at("message"), "\xEF\xBF\xBD");
}

TEST(ErrorForStatus, KeepsTheStatus) {
  for (const int status : {400, 404, 413, 417, 422, 431, 500, 501, 503}) {
    const error made = error_for_status(status, "m");
    EXPECT_EQ(made.status, status);
    EXPECT_EQ(made.code, error_code_for_status(status));
    EXPECT_EQ(made.retryable, status_is_retryable(status));
    EXPECT_NE(made.timestamp, wall_time());
  }
}

}  // namespace
}  // namespace enlace
