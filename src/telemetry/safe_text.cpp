#include "telemetry/safe_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <enlace/url.hpp>

#include "base/utf8.hpp"
#include "message/text.hpp"

namespace enlace {

namespace {

constexpr std::string_view between_words = " \t\r\n\"'<>`";
constexpr std::string_view between_parameters = "?&;#";

/// What `url::redacted` thinks of that name, so that there is one rule.
bool is_secret_name(std::string_view name) {
  const result<url> probe = url::parse("http://h/?" + std::string(name) + "=x");
  return !probe || probe->redacted().ends_with("=REDACTED");
}

std::string without_userinfo(std::string_view word) {
  std::string made;
  for (std::size_t at = word.find("://"); at != std::string_view::npos; at = word.find("://")) {
    made.append(word.substr(0, at + 3));
    word.remove_prefix(at + 3);
    const std::size_t end = std::min(word.find_first_of("/?#"), word.size());
    const std::size_t user = word.substr(0, end).rfind('@');
    if (user != std::string_view::npos) word.remove_prefix(user + 1);
  }
  return made.append(word);
}

void append_without_secret_values(std::string& out, std::string_view word) {
  // What stands before a question mark is a path. Without one, an ampersand alone tells of parameters.
  bool parameters = word.find('?') == std::string_view::npos;
  while (true) {
    const std::size_t end = std::min(word.find_first_of(between_parameters), word.size());
    const std::string_view one = word.substr(0, end);
    const std::size_t equals = one.find('=');
    if (parameters && equals != std::string_view::npos && is_secret_name(one.substr(0, equals))) {
      out.append(one.substr(0, equals + 1)).append("REDACTED");
    } else {
      out.append(one);
    }
    if (end == word.size()) return;
    out.push_back(word[end]);
    parameters = true;
    word.remove_prefix(end + 1);
  }
}

bool is_plain_byte(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/// How much of the text's beginning can stand in a JSON string as it is: printable ASCII but quotes and backslashes.
std::size_t plain_prefix(std::string_view text) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t highs = 0x8080808080808080U;
  // A byte of zero becomes one with its highest bit set; what is wrong in a block sets at least one of these.
  const auto zeros = [](std::uint64_t block) { return (block - ones) & ~block & highs; };
  std::size_t at = 0;
  for (std::uint64_t block = 0; at + sizeof block <= text.size(); at += sizeof block) {
    std::memcpy(&block, text.data() + at, sizeof block);
    const std::uint64_t low = (block - 0x20 * ones) & ~block & highs;
    const std::uint64_t named =
        zeros(block ^ (0x22 * ones)) | zeros(block ^ (0x5C * ones)) | zeros(block ^ (0x7F * ones));
    if (((block & highs) | low | named) != 0) break;
  }
  while (at < text.size() && is_plain_byte(text[at])) ++at;
  return at;
}

void append_code_point(std::string& out, unsigned value) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.append("\\u00");
  out.push_back(digits[(value >> 4U) & 15U]);
  out.push_back(digits[value & 15U]);
}

bool tells_of_urls(std::string_view text) noexcept {
  return text.find_first_of("?&") != std::string_view::npos || text.find("://") != std::string_view::npos;
}

}  // namespace

std::string without_url_secrets(std::string_view text) {
  if (!tells_of_urls(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(between_words), text.size());
    const std::string word = without_userinfo(text.substr(0, end));
    if (word.find_first_of("?&") == std::string::npos) {
      out.append(word);
    } else {
      append_without_secret_values(out, word);
    }
    const std::size_t next = std::min(text.find_first_not_of(between_words, end), text.size());
    out.append(text.substr(end, next - end));
    text.remove_prefix(next);
  }
  return out;
}

std::string safe_message(std::string_view text, std::size_t limit) {
  // Cut before it is searched, too: what others wrote can be long. Later there is nothing left of a cut secret's name.
  const std::string_view looked_at = text.substr(0, 4 * limit);
  // Our own words, mostly.
  if (plain_prefix(looked_at) == looked_at.size() && !tells_of_urls(looked_at)) {
    return std::string(looked_at.substr(0, limit));
  }
  return excerpt(without_url_secrets(looked_at), limit);
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view named = "\"\\\n\r\t";
  constexpr std::string_view names = "\"\\nrt";
  const std::size_t as_it_is = plain_prefix(text);
  out.push_back('"');
  out.append(text.substr(0, as_it_is));
  text.remove_prefix(as_it_is);
  const std::string repaired = is_valid_utf8(text) ? std::string() : to_valid_utf8(text);
  if (!repaired.empty()) text = repaired;
  while (!text.empty()) {
    const std::size_t plain = plain_prefix(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto byte = static_cast<unsigned char>(text.front());
    const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : 0U;
    std::size_t used = 1;
    if (const std::size_t at = named.find(text.front()); at != std::string_view::npos) {
      out.push_back('\\');
      out.push_back(names[at]);
    } else if (byte < 0x20 || byte == 0x7F) {
      append_code_point(out, byte);
    } else if (byte == 0xC2 && second < 0xA0) {
      append_code_point(out, second);  // a control character of ISO 8859-1, which a terminal may obey
      used = 2;
    } else {
      out.push_back(text.front());
    }
    text.remove_prefix(used);
  }
  out.push_back('"');
}

void append_json_string(text_buffer& out, std::string_view text) {
  if (plain_prefix(text) == text.size()) {
    out.push_back('"').append(text).push_back('"');
    return;
  }
  std::string quoted;
  append_json_string(quoted, text);
  out.append(quoted);
}

}  // namespace enlace
