#include "codec/request_writer.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "codec/content_coding.hpp"

namespace enlace {
namespace {

char* put(char* at, std::string_view text) noexcept { return at + text.copy(at, text.size()); }

constexpr std::string_view version = " HTTP/1.1\r\nHost: ";
constexpr std::string_view accept_encoding_name = "Accept-Encoding";
constexpr std::string_view separator = ": ";
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view length_name = "Content-Length: ";
constexpr std::string_view chunked = "Transfer-Encoding: chunked\r\n";

bool promises_body(std::string_view method) noexcept {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

/// What Content-Length says, if it is to be there.
std::optional<std::uint64_t> length_of(const outgoing& o) noexcept {
  if (o.produce != nullptr) return o.body_length;
  if (o.has_body) return o.body.size();
  if (promises_body(o.method)) return 0;
  return std::nullopt;
}

}  // namespace

void append_request_head(std::string& out, const outgoing& o) {
  char digits[20];
  std::size_t digit_count = 0;
  if (const std::optional<std::uint64_t> length = length_of(o)) {
    digit_count = static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, *length).ptr - digits);
  }
  const bool in_chunks = o.produce != nullptr && !o.body_length;

  // The size is reckoned first, so that the text is written by plain copies into room that is there.
  std::size_t size = o.method.size() + 1 + o.target.size() + version.size() + o.authority.size() + 2 * line_end.size() +
                     o.extra_fields.size();
  if (digit_count != 0) size += length_name.size() + digit_count + line_end.size();
  if (in_chunks) size += chunked.size();
  bool names_codings = false;
  for (const headers::field field : *o.fields) {
    size += field.name.size() + separator.size() + field.value.size() + line_end.size();
    names_codings = names_codings || equals_ignoring_case(field.name, accept_encoding_name);
  }
  if (!names_codings) {
    size += accept_encoding_name.size() + separator.size() + accepted_codings.size() + line_end.size();
  }

  const std::size_t before = out.size();
  out.resize(before + size);
  char* at = out.data() + before;
  at = put(at, o.method);
  *at++ = ' ';
  at = put(at, o.target);
  at = put(at, version);
  at = put(at, o.authority);
  at = put(at, line_end);
  for (const headers::field field : *o.fields) {
    at = put(at, field.name);
    at = put(at, separator);
    at = put(at, field.value);
    at = put(at, line_end);
  }
  at = put(at, o.extra_fields);
  if (digit_count != 0) {
    at = put(at, length_name);
    at = put(at, {digits, digit_count});
    at = put(at, line_end);
  }
  if (in_chunks) at = put(at, chunked);
  if (!names_codings) {
    at = put(at, accept_encoding_name);
    at = put(at, separator);
    at = put(at, accepted_codings);
    at = put(at, line_end);
  }
  put(at, line_end);
}

}  // namespace enlace
