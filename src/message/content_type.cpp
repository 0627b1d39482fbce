#include "message/content_type.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <enlace/headers.hpp>

namespace enlace {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool ends_ignoring_case(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() && equals_ignoring_case(text.substr(text.size() - end.size()), end);
}

/// The names under which the three charsets go: the usual ones of IANA's registry, and what servers write instead.
content_type::charset charset_named(std::string_view name) noexcept {
  using enum content_type::charset;
  static constexpr std::array<std::pair<std::string_view, content_type::charset>, 13> names{{
      {"utf-8", utf8},
      {"utf8", utf8},
      {"us-ascii", ascii},
      {"ascii", ascii},
      {"ansi_x3.4-1968", ascii},
      {"iso646-us", ascii},
      {"iso-8859-1", latin1},
      {"iso8859-1", latin1},
      {"iso_8859-1", latin1},
      {"latin1", latin1},
      {"latin-1", latin1},
      {"l1", latin1},
      {"cp819", latin1},
  }};
  for (const auto& [known, meant] : names) {
    if (equals_ignoring_case(known, name)) return meant;
  }
  return other;
}

/// The value of the `charset` parameter in "; a=b; charset=utf-8"; empty when there is none.
std::string_view charset_parameter(std::string_view parameters) noexcept {
  while (!parameters.empty()) {
    parameters.remove_prefix(1);  // the semicolon
    const std::string_view one = parameters.substr(0, parameters.find(';'));
    parameters.remove_prefix(one.size());
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos || !equals_ignoring_case(trimmed(one.substr(0, equals)), "charset")) continue;
    std::string_view value = trimmed(one.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return {};
}

}  // namespace

content_type::content_type(std::optional<std::string_view> header) noexcept {
  if (!header) return;
  // Two fields folded into one, as some proxies do: the first counts.
  const std::string_view one = header->substr(0, header->find(','));
  const std::string_view type = one.substr(0, one.find(';'));
  essence_ = trimmed(type);
  const std::string_view name = charset_parameter(one.substr(type.size()));
  if (!name.empty()) charset_ = charset_named(name);
}

bool content_type::is_json() const noexcept {
  return equals_ignoring_case(essence_, "application/json") || ends_ignoring_case(essence_, "+json") ||
         equals_ignoring_case(essence_, "text/json");
}

bool content_type::is_problem() const noexcept { return equals_ignoring_case(essence_, "application/problem+json"); }

bool content_type::is_event_stream() const noexcept { return equals_ignoring_case(essence_, "text/event-stream"); }

bool content_type::is_json_lines() const noexcept {
  static constexpr std::array<std::string_view, 6> names{
      "application/x-ndjson",    "application/ndjson",    "application/jsonl",
      "application/x-jsonlines", "application/jsonlines", "application/stream+json",
  };
  return std::ranges::any_of(names, [this](std::string_view known) { return equals_ignoring_case(known, essence_); });
}

bool content_type::is_page() const noexcept {
  return equals_ignoring_case(essence_, "text/html") || equals_ignoring_case(essence_, "application/xhtml+xml");
}

bool content_type::is_text() const noexcept {
  static constexpr std::array<std::string_view, 16> text_types{
      "application/xml",     "application/javascript", "application/ecmascript",  "application/x-www-form-urlencoded",
      "application/yaml",    "application/x-yaml",     "application/toml",        "application/x-ndjson",
      "application/ndjson",  "application/jsonl",      "application/x-jsonlines", "application/json-seq",
      "application/graphql", "application/sql",        "application/csv",         "application/x-sh",
  };
  if (charset_ != charset::none || equals_ignoring_case(essence_.substr(0, 5), "text/")) return true;
  if (ends_ignoring_case(essence_, "+xml") || ends_ignoring_case(essence_, "+yaml")) return true;
  return std::ranges::any_of(text_types,
                             [this](std::string_view known) { return equals_ignoring_case(known, essence_); });
}

}  // namespace enlace
