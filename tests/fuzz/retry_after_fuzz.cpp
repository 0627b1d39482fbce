// What is read from the fields that ask a caller to wait is nothing, or a wait within bounds; whole seconds and dates
// mean what they say. Input: two bytes of the status, five of the time now, then fields, "Name: value" a line.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include <enlace/headers.hpp>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "policy/field_text.hpp"
#include "policy/http_date.hpp"
#include "policy/retry_after.hpp"

namespace {

using namespace enlace;
using test::require;

void check_range(const std::optional<seconds_d>& wait, std::string_view text) {
  if (wait) require(wait->count() >= 0 && *wait <= max_retry_after, "a wait out of bounds", text);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string imf_fixdate(wall_time when) {
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(when - day));
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", days[std::chrono::weekday(day).c_encoding()],
                static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text;
}

std::optional<seconds_d> asked_by(std::string_view value, wall_time now) {
  headers one;
  one.add("retry-AFTER", value);
  return retry_after(one, 503, now);
}

void check_seconds(std::string_view value, wall_time now) {
  if (value.empty() || value.size() > 15 || value.find_first_not_of("0123456789") != std::string_view::npos) return;
  const seconds_d expected = std::min(seconds_d(std::stod(std::string(value))), max_retry_after);
  require(asked_by(value, now) == expected, "other seconds", value);
}

void check_date(std::string_view value, wall_time now) {
  const std::optional<wall_time> date = parse_http_date(value, now);
  if (!date) return;
  // Years that fit neither into the count nor into four digits are left out.
  const auto year = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(*date)).year();
  if (year <= std::chrono::year(1700) || year >= std::chrono::year(2250)) return;
  const std::string written = imf_fixdate(*date);
  require(parse_http_date(written, now) == date, "written it is another date", written);
  if (value.size() == written.size() && value[3] == ',')
    require(value.substr(3) == written.substr(3), "misread", value);

  const std::optional<seconds_d> wait = asked_by(value, now);
  require(wait.has_value(), "a date that asks for nothing", value);
  const seconds_d between = seconds_d(date->time_since_epoch()) - seconds_d(now.time_since_epoch());
  const seconds_d expected = std::clamp(between, seconds_d::zero(), max_retry_after);
  require(std::abs(wait->count() - expected.count()) < 0.001, "another wait", value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::fuzz_input input(data, size);
  const int status = 100 + static_cast<int>(input.number(2) % 900);
  const wall_time now{std::chrono::milliseconds(input.number(5) * 8)};  // up to the year 2248
  headers fields;
  std::optional<std::string_view> only;
  while (!input.empty()) {
    std::string_view line = input.until('\n');
    const std::string_view name = line.substr(0, line.find(':'));
    line.remove_prefix(std::min(name.size() + 1, line.size()));
    fields.add(name, line);
    check_range(rate_limit_wait(line), line);
    check_range(asked_by(line, now), line);
    check_seconds(trimmed(line), now);
    check_date(trimmed(line), now);
    if (equals_ignoring_case(name, "Retry-After")) only = fields.size() == 1 ? std::optional(line) : std::nullopt;
  }
  const std::optional<seconds_d> wait = retry_after(fields, status, now);
  check_range(wait, "all");
  require(status >= 300 || !wait, "a success that asks to wait");
  if (status == 429 || status < 300) return 0;
  if (fields.size() == 1 && only) {
    require(wait == asked_by(trimmed(fields[0].value), now), "one field, read twice");
    // Said twice it is said once; contradicted it is not said.
    fields.add("Retry-After", fields[0].value);
    require(wait == retry_after(fields, status, now), "the same twice is another");
    fields.add("Retry-After", "x");
    require(!retry_after(fields, status, now), "contradicted, and still heard");
  }
  return 0;
}
