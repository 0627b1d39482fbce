#include "config/option_check.hpp"

#include <cmath>
#include <string_view>
#include <vector>

#include <enlace/headers.hpp>
#include <enlace/url.hpp>

#include "config/concat.hpp"
#include "config/host_entry.hpp"
#include "config/option_text.hpp"
#include "config/text_file.hpp"
#include "context/internal_hosts.hpp"

namespace enlace {

namespace {

bool is_measure(option_kind kind) noexcept {
  return kind == option_kind::integer || kind == option_kind::number || kind == option_kind::size ||
         kind == option_kind::time || kind == option_kind::lifetime;
}

double measure_of(const option_value& value) noexcept {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* size = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*size);
  if (const auto* time = std::get_if<duration>(&value)) return seconds_d(*time).count();
  return std::get<double>(value);
}

/// A bound of the range in the terms of the option: 60 as "1m" for a duration.
std::string bound(option_kind kind, double value) {
  switch (kind) {
    case option_kind::integer:
      return format_option(kind, static_cast<std::int64_t>(value));
    case option_kind::size:
      return format_option(kind, static_cast<std::uint64_t>(value));
    case option_kind::time:
    case option_kind::lifetime:
      return format_option(kind, std::chrono::round<duration>(seconds_d(value)));
    default:
      return format_option(option_kind::number, value);
  }
}

std::string check_measure(const option_row& row, const option_value& value) {
  if (row.kind == option_kind::lifetime && std::get<duration>(value) == never_cached) return {};
  const double measure = measure_of(value);
  const bool low_enough = measure <= row.range.most;
  const bool high_enough = row.range.above ? measure > row.range.least : measure >= row.range.least;
  if (low_enough && high_enough && std::isfinite(measure)) return {};
  return concat(format_option(row.kind, value), " is not ", describe_range(row));
}

std::string check_text(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (!is_header_value(text)) return "must not hold control characters";
  return {};
}

std::string check_base_url(const std::string& text) {
  if (text.empty()) return {};
  const result<url> read = url::parse(text);
  if (!read) return read.error().message;
  const std::string_view target = read->target();
  if (target.find('?') != std::string_view::npos) return "a base URL must not have a query";
  for (const std::string_view own : {"/v1/traces", "/v1/metrics"}) {
    if (target.ends_with(own)) return concat("leave out ", own, ": the base URL is wanted, and it is appended");
  }
  return {};
}

std::string check_path(const std::string& path) {
  if (path.empty()) return {};
  const result<std::string> content = read_text_file(path);
  return content ? std::string() : content.error().message;
}

std::string check_pattern(const std::string& pattern) {
  const std::string_view host = std::string_view(pattern).substr(pattern.starts_with("*.") ? 2 : 0);
  const value_or_fault<std::string> key = host_key(host);
  if (!key) return key.error().what;
  // Only an IPv6 address has a colon and no port.
  const bool has_port = key->find(':') != std::string::npos && !key->ends_with(']');
  if (has_port) return concat("'", pattern, "' has a port, but all ports of a host are internal or none");
  try {
    const internal_hosts one(std::vector<std::string>{pattern});
    return {};
  } catch (const failure& wrong) {
    return wrong.error().message;
  }
}

/// Never shows the line, whose value may be a secret.
std::string check_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return "a field must be written \"Name: value\"";
  }
  return is_header_value(line.substr(colon + 1)) ? std::string() : "a field must not hold control characters";
}

std::string check_item(option_kind kind, const std::string& item) {
  if (kind == option_kind::header_lines) return check_line(item);
  if (kind == option_kind::host_patterns) return check_pattern(item);
  if (kind == option_kind::header_names) {
    return is_token(item) ? std::string() : concat("'", item, "' is not a header name");
  }
  const auto key = host_key(item);
  return key ? std::string() : key.error().what;
}

}  // namespace

std::string check_option(const option_row& row, const option_value& value) {
  if (is_measure(row.kind)) return check_measure(row, value);
  if (row.kind == option_kind::text) return check_text(std::get<std::string>(value));
  if (row.kind == option_kind::text_or_none || row.kind == option_kind::secret) {
    const std::string& text = std::get<std::string>(value);
    return text.empty() ? std::string() : check_text(text);
  }
  if (row.kind == option_kind::base_url) return check_base_url(std::get<std::string>(value));
  if (row.kind == option_kind::path) return check_path(std::get<std::string>(value));
  if (const auto* items = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& item : *items) {
      if (std::string problem = check_item(row.kind, item); !problem.empty()) return problem;
    }
  }
  return {};
}

std::string describe_range(const option_row& row) {
  if (!is_measure(row.kind)) return {};
  const std::string least = bound(row.kind, row.range.least);
  const std::string most = std::isfinite(row.range.most) ? bound(row.kind, row.range.most) : std::string();
  std::string text = concat(row.range.above ? "more than " : "at least ", least);
  if (!most.empty()) text += concat(" and at most ", most);
  return text;
}

}  // namespace enlace
