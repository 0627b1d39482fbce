// HTTP dates, Retry-After values and deadline headers, as the RFCs and other projects' tests have them.
#include "policy/retry_after.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <enlace/headers.hpp>
#include <gtest/gtest.h>

#include "policy/deadline.hpp"
#include "policy/http_date.hpp"

namespace enlace {
namespace {

/// The cases in `facts/NAME`; nothing where they are not installed.
std::optional<boost::json::value> facts(std::string_view name) {
  const char* given = std::getenv("ENLACE_CONFORMANCE_DIR");
  const std::filesystem::path folder = given != nullptr
                                           ? std::filesystem::path(given)
                                           : std::filesystem::path(ENLACE_SOURCE_DIR) / "../shared/conformance";
  std::ifstream file(folder / "facts" / name);
  if (!file) return std::nullopt;
  return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

wall_time moment(const boost::json::value& seconds) {
  return wall_time(std::chrono::seconds(seconds.to_number<std::int64_t>()));
}

TEST(RetryAfterConformance, HttpDates) {
  const std::optional<boost::json::value> file = facts("http-date-and-retry-after.json");
  if (!file) GTEST_SKIP() << "the conformance cases are not here";
  const wall_time now = moment(file->at("now"));
  for (const boost::json::value& c : file->at("http_date").as_array()) {
    const std::string_view text = c.at("value").as_string();
    const std::optional<wall_time> date = parse_http_date(text, now);
    if (c.at("epoch_seconds").is_null()) {
      EXPECT_FALSE(date) << text;
    } else {
      EXPECT_EQ(date, moment(c.at("epoch_seconds"))) << text;
    }
  }
}

TEST(RetryAfterConformance, Values) {
  const std::optional<boost::json::value> file = facts("http-date-and-retry-after.json");
  if (!file) GTEST_SKIP() << "the conformance cases are not here";
  const wall_time now = moment(file->at("now"));
  for (const boost::json::value& c : file->at("retry_after").as_array()) {
    const std::string_view text = c.at("value").as_string();
    headers fields;
    fields.add("Retry-After", text);
    const std::optional<seconds_d> wait = retry_after(fields, 503, now);
    // The cases leave it open whether a number that no integer holds is ignored or cut to the maximum: we cut.
    const bool is_huge = text.size() > 19 && text.find_first_not_of("0123456789") == std::string_view::npos;
    if (is_huge) {
      EXPECT_EQ(wait, max_retry_after) << text;
    } else if (c.at("delay_seconds").is_null()) {
      EXPECT_FALSE(wait) << text;
    } else {
      EXPECT_EQ(wait, std::min(seconds_d(c.at("delay_seconds").to_number<double>()), max_retry_after)) << text;
    }
  }
}

TEST(DeadlineConformance, GrpcTimeout) {
  const std::optional<boost::json::value> file = facts("deadline-headers.json");
  if (!file) GTEST_SKIP() << "the conformance cases are not here";
  for (const boost::json::value& c : file->at("grpc-timeout").at("cases").as_array()) {
    const std::string_view text = c.at(0).as_string();
    headers fields;
    fields.add("grpc-timeout", text);
    const std::optional<duration> timeout = parse_timeout(fields);
    if (c.at(1).is_null()) {
      EXPECT_FALSE(timeout) << text;
    } else {
      EXPECT_EQ(timeout, duration(static_cast<duration::rep>(c.at(1).to_number<double>()))) << text;
    }
  }
}

}  // namespace
}  // namespace enlace
