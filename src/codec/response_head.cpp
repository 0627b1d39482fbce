#include "codec/response_head.hpp"

#include <charconv>
#include <cstring>
#include <system_error>

#include "codec/comma_list.hpp"
#include "codec/status_line.hpp"

namespace enlace {
namespace {

/// Not zero if any byte of `word` is below 0x20 or is 0x7F. (Subtraction lifts the high bit of a byte that is smaller;
/// a byte that had it before is none of these.)
std::uint64_t controls_in(std::uint64_t word) noexcept {
  constexpr std::uint64_t each = 0x0101010101010101;
  const std::uint64_t from_del = word ^ (each * 0x7F);
  return (((word - each * 0x20) & ~word) | ((from_del - each) & ~from_del)) & (each * 0x80);
}

/// `is_header_value`, eight bytes at a time: the lines of a head are long, and hardly any holds as much as a tab.
bool is_clean(std::string_view line) noexcept {
  constexpr std::size_t step = sizeof(std::uint64_t);
  if (line.size() < step) return is_header_value(line);
  std::uint64_t found = 0;
  std::uint64_t word = 0;
  for (std::size_t i = 0; i + step <= line.size(); i += step) {
    std::memcpy(&word, &line[i], step);
    found |= controls_in(word);
  }
  std::memcpy(&word, &line[line.size() - step], step);
  found |= controls_in(word);
  return found == 0 || is_header_value(line);
}

std::string_view take_length(std::string_view value, response_head& out) noexcept {
  std::uint64_t length = 0;
  const char* const begin = value.data();
  const char* const end = begin + value.size();
  const auto read = std::from_chars(begin, end, length);
  if (read.ec != std::errc() || read.ptr != end) return "a Content-Length that is no length";
  if (out.length && *out.length != length) return "two lengths";
  out.doubtful = out.doubtful || out.length.has_value();
  out.length = length;
  return {};
}

/// Looks at the fields that say something of the framing, by their sizes first.
std::string_view take_framing(std::string_view name, std::string_view value, response_head& out) noexcept {
  switch (name.size()) {
    case 10:
      if (!equals_ignoring_case(name, "Connection")) break;
      for_each_element(value, [&](std::string_view option) {
        out.close = out.close || equals_ignoring_case(option, "close");
        out.keep_alive = out.keep_alive || equals_ignoring_case(option, "keep-alive");
      });
      break;
    case 14:
      if (equals_ignoring_case(name, "Content-Length")) return take_length(value, out);
      break;
    case 16:
      if (equals_ignoring_case(name, "Content-Encoding")) out.coded = true;
      break;
    case 17:
      if (!equals_ignoring_case(name, "Transfer-Encoding")) break;
      if (out.chunked || !equals_ignoring_case(value, "chunked")) return "a transfer encoding that was not asked for";
      out.chunked = true;
      break;
    default:
      break;
  }
  return {};
}

}  // namespace

std::string_view parse_response_head(std::string_view head, std::size_t first_line_size, response_head& out,
                                     headers& fields) {
  out = response_head();
  const auto first = parse_status_line(head.substr(0, first_line_size - 2));
  if (!first) return "a malformed status line";
  out.status = first->status;
  out.http11 = first->http11;
  out.doubtful = first->bare_cr;

  std::string_view rest = head.substr(first_line_size);
  while (rest.size() > 2) {
    const std::string_view line = rest.substr(0, rest.find('\n') - 1);
    rest.remove_prefix(line.size() + 2);
    if (!is_clean(line)) return "a control character or a bare CR in the head";
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return "a line without a colon in the head";
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim_ows(line.substr(colon + 1));
    if (!is_token(name)) return "a malformed field name";
    if (const std::string_view wrong = take_framing(name, value, out); !wrong.empty()) return wrong;
    if (out.status >= 200) fields.add(name, value);
  }
  if (out.chunked && out.length) return "both a length and chunks";
  if (!out.http11 && out.chunked) out.doubtful = true;  // RFC 9112, 6.1
  return {};
}

}  // namespace enlace
