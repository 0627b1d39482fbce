#include "policy/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "policy/field_text.hpp"
#include "policy/http_date.hpp"

namespace enlace {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_alpha(char c) noexcept { return is_lower(static_cast<char>(c | 0x20)); }

/// The value of all fields of that name; nothing if there is none or they differ.
std::optional<std::string_view> sole_value(const headers& fields, std::string_view name) noexcept {
  std::optional<std::string_view> value;
  for (const headers::field& f : fields) {
    if (!equals_ignoring_case(f.name, name)) continue;
    if (value && trimmed(f.value) != *value) return std::nullopt;
    value = trimmed(f.value);
  }
  return value;
}

std::optional<seconds_d> parse_retry_after(std::string_view text, wall_time now) noexcept {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_digit)) {
    std::int64_t seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec == std::errc::result_out_of_range) return max_retry_after;
    return std::min(seconds_d(static_cast<double>(seconds)), max_retry_after);
  }
  const std::optional<wall_time> date = parse_http_date(text, now);
  if (!date) return std::nullopt;
  if (*date <= now) return seconds_d::zero();
  // In floating point, where the difference of any two moments fits.
  return std::min(seconds_d(date->time_since_epoch()) - seconds_d(now.time_since_epoch()), max_retry_after);
}

/// Reads a list of structured items (RFC 9651) from the left, as far as this field needs it: items, not inner lists,
/// with values of the types of RFC 8941. Each function says whether what it reads was well formed.
class item_reader {
 public:
  explicit item_reader(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool finished() const noexcept { return rest_.empty(); }
  [[nodiscard]] bool take(char c) noexcept {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_spaces() noexcept { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  void skip_white_space() noexcept { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  /// The item's own value: here the name of a quota.
  [[nodiscard]] bool name() noexcept { return rest_.starts_with('"') ? string() : token(); }

  [[nodiscard]] bool key(std::string_view& out) noexcept {
    if (rest_.empty() || (!is_lower(rest_.front()) && rest_.front() != '*')) return false;
    out = take_while([](char c) { return is_lower(c) || is_digit(c) || std::string_view("_-.*").find(c) != npos; });
    return true;
  }

  /// Any value; `integer` is set only by an integer.
  [[nodiscard]] bool value(std::optional<std::int64_t>& integer) noexcept {
    integer.reset();
    if (rest_.empty()) return false;
    const char first = rest_.front();
    if (first == '-' || is_digit(first)) return number(integer);
    if (first == '"') return string();
    if (first == ':') return bytes();
    if (first == '?') return boolean();
    return token();
  }

 private:
  static constexpr std::size_t npos = std::string_view::npos;

  template <class Accept>
  std::string_view take_while(Accept accept) noexcept {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), accept);
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  [[nodiscard]] bool number(std::optional<std::int64_t>& integer) noexcept {
    const bool negative = take('-');
    const std::string_view whole = take_while(is_digit);
    if (whole.empty() || whole.size() > 15) return false;
    if (take('.')) {
      const std::string_view fraction = take_while(is_digit);
      return whole.size() <= 12 && !fraction.empty() && fraction.size() <= 3;
    }
    std::int64_t value = 0;
    std::from_chars(whole.data(), whole.data() + whole.size(), value);
    integer = negative ? -value : value;
    return true;
  }
  [[nodiscard]] bool string() noexcept {
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (c < 0x20 || c > 0x7E) return false;
      if (c != '\\') continue;
      if (!rest_.starts_with('"') && !rest_.starts_with('\\')) return false;
      rest_.remove_prefix(1);
    }
    return false;
  }
  [[nodiscard]] bool token() noexcept {
    if (rest_.empty() || (!is_alpha(rest_.front()) && rest_.front() != '*')) return false;
    take_while([](char c) { return is_token(std::string_view(&c, 1)) || c == ':' || c == '/'; });
    return true;
  }
  [[nodiscard]] bool bytes() noexcept {
    rest_.remove_prefix(1);
    take_while([](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '='; });
    return take(':');
  }
  [[nodiscard]] bool boolean() noexcept {
    rest_.remove_prefix(1);
    return take('0') || take('1');
  }

  std::string_view rest_;
};

/// A quota: what is left of it (`r`), and when there will be more (`t`).
struct quota {
  std::optional<std::int64_t> left;
  std::optional<std::int64_t> resets_in;
};

bool read_quota(item_reader& in, quota& out) noexcept {
  if (!in.name()) return false;
  while (in.take(';')) {
    in.skip_spaces();
    std::string_view key;
    std::optional<std::int64_t> integer;
    if (!in.key(key)) return false;
    if (in.take('=') && !in.value(integer)) return false;
    if (key == "r") out.left = integer;
    if (key == "t") out.resets_in = integer;
  }
  return true;
}

}  // namespace

std::optional<seconds_d> rate_limit_wait(std::string_view field) noexcept {
  std::optional<seconds_d> wait;
  item_reader in(field);
  in.skip_spaces();
  while (!in.finished()) {
    quota q;
    if (!read_quota(in, q)) return std::nullopt;
    if (q.left == 0 && q.resets_in && *q.resets_in >= 0) {
      const seconds_d reset = std::min(seconds_d(static_cast<double>(*q.resets_in)), max_retry_after);
      wait = std::max(wait.value_or(seconds_d::zero()), reset);
    }
    in.skip_white_space();
    if (in.finished()) break;
    if (!in.take(',')) return std::nullopt;
    in.skip_white_space();
    if (in.finished()) return std::nullopt;
  }
  return wait;
}

std::optional<seconds_d> retry_after(const headers& fields, int status, wall_time now) {
  if (status < 300) return std::nullopt;
  if (const std::optional<std::string_view> text = sole_value(fields, "Retry-After")) {
    if (const std::optional<seconds_d> wait = parse_retry_after(*text, now)) return wait;
  }
  if (status != 429 || !fields.contains("RateLimit")) return std::nullopt;
  return rate_limit_wait(fields.joined("RateLimit"));
}

}  // namespace enlace
