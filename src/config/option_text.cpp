#include "config/option_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "config/concat.hpp"
#include "config/duration_text.hpp"
#include "config/size_text.hpp"

namespace enlace {

namespace {

std::string format_number(double number) {
  std::array<char, 32> text{};
  // As people write it, 1000000 for 1e+06, as long as it stays short.
  const bool plain = std::abs(number) < 1e15 && (number == 0 || std::abs(number) > 1e-6);
  const std::chars_format form = plain ? std::chars_format::fixed : std::chars_format::general;
  const auto [end, fault] = std::to_chars(text.data(), text.data() + text.size(), number, form);
  return {text.data(), end};
}

std::string format_list(const std::vector<std::string>& items) {
  std::string text = "[";
  for (const std::string& item : items) {
    if (text.size() > 1) text += ", ";
    text += concat("\"", item, "\"");
  }
  return text + "]";
}

std::string format_scope(cache_scope scope) {
  std::vector<std::string> names;
  for (const cache_id id : {cache_id::tenant, cache_id::agent, cache_id::conversation, cache_id::collection}) {
    if (scope.has(id)) names.emplace_back(name_of(id));
  }
  return format_list(names);
}

}  // namespace

std::string format_option(option_kind kind, const option_value& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* size = std::get_if<std::uint64_t>(&value)) return format_size(*size);
  if (const auto* number = std::get_if<double>(&value)) return format_number(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* items = std::get_if<std::vector<std::string>>(&value)) return format_list(*items);
  if (const auto* scope = std::get_if<cache_scope>(&value)) return format_scope(*scope);
  if (const auto* time = std::get_if<duration>(&value)) {
    return kind == option_kind::lifetime && *time == never_cached ? "never" : format_duration(*time);
  }
  return {};
}

std::string_view describe(option_kind kind) noexcept {
  switch (kind) {
    case option_kind::boolean:
      return "true or false";
    case option_kind::integer:
      return "a whole number";
    case option_kind::number:
      return "a number";
    case option_kind::size:
      return "a size such as \"64MiB\", or a number of bytes";
    case option_kind::time:
      return "a duration such as \"500ms\", \"2.5s\" or \"10m\"";
    case option_kind::lifetime:
      return "a duration such as \"10m\" or \"24h\", or \"never\"";
    case option_kind::text:
    case option_kind::text_or_none:
    case option_kind::secret:
      return "a text";
    case option_kind::base_url:
      return "a URL such as \"http://collector:4318\"";
    case option_kind::path:
      return "the path of a file";
    case option_kind::hosts:
      return "a list of hosts";
    case option_kind::host_patterns:
      return "a list of hosts or \"*.domain\"";
    case option_kind::header_names:
      return "a list of header names";
    case option_kind::header_lines:
      return "a list of \"Name: value\"";
    case option_kind::scope:
      break;
  }
  return "a list of \"tenant\", \"agent\", \"conversation\", \"collection\"";
}

}  // namespace enlace
