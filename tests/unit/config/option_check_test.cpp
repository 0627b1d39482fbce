#include "config/option_check.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace enlace {
namespace {

using test::temporary_folder;

const option_row& row(table_kind kind, std::string_view name) { return *find_option(kind, name); }

TEST(OptionCheck, BothEndsOfARangeCount) {
  const option_row& attempts = row(table_kind::service, "retry.max_attempts");
  for (const std::int64_t good : {1, 100}) EXPECT_EQ(check_option(attempts, good), "");
  for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{101}, std::numeric_limits<std::int64_t>::min(),
                                 std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_NE(check_option(attempts, bad), "") << bad;
  }
  const option_row& rate = row(table_kind::service, "breaker.failure_rate");
  for (const double good : {1.0, 0.000001}) EXPECT_EQ(check_option(rate, good), "");
  for (const double bad : {0.0, -0.0, 1.0000001, -0.5, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    EXPECT_NE(check_option(rate, bad), "") << bad;
  }
  const option_row& timeout = row(table_kind::operation, "timeout");
  EXPECT_EQ(check_option(timeout, duration(1)), "");
  EXPECT_NE(check_option(timeout, duration(0)), "");
  EXPECT_NE(check_option(timeout, never_cached), "");
  const option_row& size = row(table_kind::client, "max_head_bytes");
  EXPECT_EQ(check_option(size, std::uint64_t{1024}), "");
  EXPECT_NE(check_option(size, std::uint64_t{1023}), "");
  EXPECT_NE(check_option(size, std::numeric_limits<std::uint64_t>::max()), "");
}

TEST(OptionCheck, NeverIsALifetime) {
  EXPECT_EQ(check_option(row(table_kind::operation, "cache_ttl"), never_cached), "");
  EXPECT_NE(check_option(row(table_kind::operation, "cache_ttl"), duration(-1)), "");
}

TEST(OptionCheck, AFileMustBeThere) {
  const temporary_folder folder;
  const option_row& file = row(table_kind::tls, "ca_file");
  EXPECT_EQ(check_option(file, std::string()), "");
  EXPECT_EQ(check_option(file, folder.write("ca.pem", "x")), "");
  EXPECT_NE(check_option(file, folder.file("missing.pem")), "");
  EXPECT_NE(check_option(file, folder.file(".")), "");
}

TEST(OptionCheck, DescribesRanges) {
  EXPECT_EQ(describe_range(row(table_kind::cache, "tenant_share")), "more than 0 and at most 1");
  EXPECT_EQ(describe_range(row(table_kind::service, "breaker.window")), "at least 10ms and at most 24h");
  EXPECT_EQ(describe_range(row(table_kind::service, "retry.budget_burst")), "at least 0 and at most 1000000");
  EXPECT_EQ(describe_range(row(table_kind::client, "name")), "");
}

}  // namespace
}  // namespace enlace
