#include "config/option_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "config/concat.hpp"
#include "config/duration_text.hpp"
#include "config/nearest_name.hpp"
#include "config/option_check.hpp"
#include "config/option_text.hpp"
#include "config/size_text.hpp"

namespace enlace {

namespace {

using type = raw_value::type;
using read_result = value_or_fault<option_value>;

/// What was written, for messages: never what a variable or a file held.
std::string shown(const raw_value& raw) {
  switch (raw.is) {
    case type::boolean:
      return raw.boolean ? "true" : "false";
    case type::integer:
      return concat("the number ", std::to_string(raw.integer));
    case type::number:
      return concat("the number ", format_option(option_kind::number, raw.number));
    case type::text:
      return concat("'", raw.written.empty() ? raw.text : raw.written, "'");
    case type::list:
      return "a list";
    case type::table:
      return "a table";
    case type::moment:
      break;
  }
  return "a date or time";
}

value_fault wrong_type(const option_row& row, const raw_value& raw) {
  std::string what = concat("expected ", describe(row.kind), ", got ", shown(raw));
  if (row.kind == option_kind::time && (raw.is == type::integer || raw.is == type::number)) what += " without a unit";
  return value_fault::because(std::move(what));
}

/// The whole text as a number.
template <class Number>
bool number_from(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  return fault == std::errc() && stop == end && !text.empty();
}

/// The texts of a list, or of an untyped text with commas between them.
value_or_fault<std::vector<std::string>> read_texts(const option_row& row, const raw_value& raw) {
  std::vector<std::string> texts;
  if (raw.is == type::text && raw.untyped) {
    std::string_view rest = raw.text;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      std::string_view item = rest.substr(0, comma);
      while (item.starts_with(' ')) item.remove_prefix(1);
      while (item.ends_with(' ')) item.remove_suffix(1);
      texts.emplace_back(item);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return texts;
  }
  if (raw.is != type::list) return wrong_type(row, raw);
  for (const raw_value& item : raw.items) {
    if (item.is != type::text) return wrong_type(row, item);
    texts.push_back(item.text);
  }
  return texts;
}

read_result read_scope(const option_row& row, const raw_value& raw) {
  const auto texts = read_texts(row, raw);
  if (!texts) return texts.error();
  cache_scope scope{cache_id::tenant};
  for (const std::string& text : *texts) {
    const std::optional<cache_id> id = cache_id_named(text);
    if (id) {
      scope.add(*id);
      continue;
    }
    std::string what = raw.written.empty() ? concat("unknown id '", text, "'") : concat("unknown id in ", raw.written);
    static constexpr std::array<std::string_view, 4> names = {"tenant", "agent", "conversation", "collection"};
    if (const auto near = nearest_name(text, names)) what += concat("; did you mean '", *near, "'?");
    return value_fault::because(what);
  }
  return option_value(scope);
}

read_result read_time(const option_row& row, const raw_value& raw) {
  if (raw.is == type::integer && raw.integer == 0) return option_value(duration::zero());
  if (raw.is != type::text) return wrong_type(row, raw);
  if (row.kind == option_kind::lifetime && raw.text == "never") return option_value(never_cached);
  const result<duration> time = parse_duration(raw.text);
  if (time) return option_value(*time);
  return raw.written.empty() ? value_fault::because(time.error().message) : wrong_type(row, raw);
}

read_result read_size(const option_row& row, const raw_value& raw) {
  if (raw.is == type::integer) {
    if (raw.integer < 0) return value_fault::because(concat(std::to_string(raw.integer), " is less than 0"));
    return option_value(static_cast<std::uint64_t>(raw.integer));
  }
  if (raw.is != type::text) return wrong_type(row, raw);
  const result<std::uint64_t> size = parse_size(raw.text);
  if (size) return option_value(*size);
  return raw.written.empty() ? value_fault::because(size.error().message) : wrong_type(row, raw);
}

read_result read_number(const option_row& row, const raw_value& raw) {
  double number = 0;
  if (raw.is == type::number) return option_value(raw.number);
  if (raw.is == type::integer) return option_value(static_cast<double>(raw.integer));
  if (raw.untyped && number_from(raw.text, number)) return option_value(number);
  return wrong_type(row, raw);
}

read_result read_integer(const option_row& row, const raw_value& raw) {
  std::int64_t integer = 0;
  if (raw.is == type::integer) return option_value(raw.integer);
  if (raw.untyped && number_from(raw.text, integer)) return option_value(integer);
  return wrong_type(row, raw);
}

read_result read_boolean(const option_row& row, const raw_value& raw) {
  if (raw.is == type::boolean) return option_value(raw.boolean);
  if (raw.untyped && (raw.text == "true" || raw.text == "false")) return option_value(raw.text == "true");
  return wrong_type(row, raw);
}

read_result read_kind(const option_row& row, const raw_value& raw) {
  switch (row.kind) {
    case option_kind::boolean:
      return read_boolean(row, raw);
    case option_kind::integer:
      return read_integer(row, raw);
    case option_kind::number:
      return read_number(row, raw);
    case option_kind::size:
      return read_size(row, raw);
    case option_kind::time:
    case option_kind::lifetime:
      return read_time(row, raw);
    case option_kind::text:
    case option_kind::text_or_none:
    case option_kind::secret:
    case option_kind::base_url:
    case option_kind::path:
      if (raw.is == type::text) return option_value(raw.text);
      return wrong_type(row, raw);
    case option_kind::scope:
      return read_scope(row, raw);
    case option_kind::hosts:
    case option_kind::host_patterns:
    case option_kind::header_names:
    case option_kind::header_lines:
      break;
  }
  auto texts = read_texts(row, raw);
  if (!texts) return texts.error();
  return option_value(std::move(*texts));
}

}  // namespace

value_or_fault<option_value> read_option(const option_row& row, const raw_value& raw) {
  read_result value = read_kind(row, raw);
  if (!value) return value;
  std::string problem = check_option(row, *value);
  if (problem.empty()) return value;
  // A number that could be read is no secret, but a text may be one.
  const bool may_be_secret =
      std::holds_alternative<std::string>(*value) || std::holds_alternative<std::vector<std::string>>(*value);
  if (may_be_secret && !raw.written.empty())
    problem = concat("what ", raw.written, " stands for is not ", describe(row.kind));
  return value_fault::because(std::move(problem));
}

}  // namespace enlace
