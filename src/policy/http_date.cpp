#include "policy/http_date.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <tuple>

namespace enlace {
namespace {

using namespace std::string_view_literals;

constexpr std::array short_days{"Mon"sv, "Tue"sv, "Wed"sv, "Thu"sv, "Fri"sv, "Sat"sv, "Sun"sv};
constexpr std::array long_days{"Monday"sv, "Tuesday"sv,  "Wednesday"sv, "Thursday"sv,
                               "Friday"sv, "Saturday"sv, "Sunday"sv};
constexpr std::array months{"Jan"sv, "Feb"sv, "Mar"sv, "Apr"sv, "May"sv, "Jun"sv,
                            "Jul"sv, "Aug"sv, "Sep"sv, "Oct"sv, "Nov"sv, "Dec"sv};

/// Takes a text apart from the left. Once something does not fit, `ok` stays false and the rest is of no use.
class reader {
 public:
  explicit reader(std::string_view text) noexcept : rest_(text) {}

  void literal(std::string_view expected) noexcept {
    ok_ = ok_ && rest_.starts_with(expected);
    if (ok_) rest_.remove_prefix(expected.size());
  }
  int digits(std::size_t count) noexcept {
    ok_ = ok_ && rest_.size() >= count;
    int value = 0;
    for (std::size_t i = 0; ok_ && i < count; ++i) {
      const char c = rest_[i];
      ok_ = c >= '0' && c <= '9';
      value = value * 10 + (c - '0');
    }
    if (ok_) rest_.remove_prefix(count);
    return value;
  }
  /// The index of the name that comes next.
  int one_of(std::span<const std::string_view> names) noexcept {
    for (std::size_t i = 0; ok_ && i < names.size(); ++i) {
      if (!rest_.starts_with(names[i])) continue;
      rest_.remove_prefix(names[i].size());
      return static_cast<int>(i);
    }
    ok_ = false;
    return 0;
  }
  [[nodiscard]] bool next_is(char c) const noexcept { return rest_.starts_with(c); }
  [[nodiscard]] bool finished() const noexcept { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct date_fields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

void read_time(reader& in, date_fields& date) noexcept {
  date.hour = in.digits(2);
  in.literal(":");
  date.minute = in.digits(2);
  in.literal(":");
  date.second = in.digits(2);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
bool read_imf_fixdate(std::string_view text, date_fields& date) noexcept {
  reader in(text);
  in.one_of(short_days);
  in.literal(", ");
  date.day = in.digits(2);
  in.literal(" ");
  date.month = in.one_of(months) + 1;
  in.literal(" ");
  date.year = in.digits(4);
  in.literal(" ");
  read_time(in, date);
  in.literal(" GMT");
  return in.finished();
}

/// "Sun Nov  6 08:49:37 1994"
bool read_asctime(std::string_view text, date_fields& date) noexcept {
  reader in(text);
  in.one_of(short_days);
  in.literal(" ");
  date.month = in.one_of(months) + 1;
  in.literal(" ");
  if (in.next_is(' ')) {
    in.literal(" ");
    date.day = in.digits(1);
  } else {
    date.day = in.digits(2);
  }
  in.literal(" ");
  read_time(in, date);
  in.literal(" ");
  date.year = in.digits(4);
  return in.finished();
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"; the year has two digits.
bool read_rfc850(std::string_view text, date_fields& date) noexcept {
  reader in(text);
  in.one_of(long_days);
  in.literal(", ");
  date.day = in.digits(2);
  in.literal("-");
  date.month = in.one_of(months) + 1;
  in.literal("-");
  date.year = in.digits(2);
  in.literal(" ");
  read_time(in, date);
  in.literal(" GMT");
  return in.finished();
}

/// The latest year with those last two digits that is not more than 50 years after `now`.
int full_year(const date_fields& date, wall_time now) noexcept {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day civil(today);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(now - today));
  const int limit = static_cast<int>(civil.year()) + 50;
  const int year = limit - ((limit - date.year) % 100 + 100) % 100;
  const auto in_year = std::tuple(date.month, date.day, date.hour, date.minute, date.second);
  const auto limit_in_year =
      std::tuple(static_cast<int>(static_cast<unsigned>(civil.month())),
                 static_cast<int>(static_cast<unsigned>(civil.day())), static_cast<int>(clock.hours().count()),
                 static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return year == limit && in_year > limit_in_year ? year - 100 : year;
}

std::optional<wall_time> moment_of(const date_fields& date) noexcept {
  const std::chrono::year_month_day day(std::chrono::year(date.year),
                                        std::chrono::month(static_cast<unsigned>(date.month)),
                                        std::chrono::day(static_cast<unsigned>(date.day)));
  if (!day.ok() || date.hour > 23 || date.minute > 59 || date.second > 59) return std::nullopt;
  const std::chrono::sys_seconds moment = std::chrono::sys_days(day) + std::chrono::hours(date.hour) +
                                          std::chrono::minutes(date.minute) + std::chrono::seconds(date.second);
  // `wall_time` counts nanoseconds and ends in the year 2262.
  constexpr auto first = std::chrono::ceil<std::chrono::seconds>(wall_time::min());
  constexpr auto last = std::chrono::floor<std::chrono::seconds>(wall_time::max());
  return wall_time(std::clamp(moment, first, last));
}

}  // namespace

std::optional<wall_time> parse_http_date(std::string_view text, wall_time now) noexcept {
  if (text.size() < 4) return std::nullopt;
  date_fields date;
  if (text[3] == ',') {
    if (!read_imf_fixdate(text, date)) return std::nullopt;
  } else if (text[3] == ' ') {
    if (!read_asctime(text, date)) return std::nullopt;
  } else {
    if (!read_rfc850(text, date)) return std::nullopt;
    date.year = full_year(date, now);
  }
  return moment_of(date);
}

}  // namespace enlace
