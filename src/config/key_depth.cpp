#include "config/key_depth.hpp"

#include <algorithm>

namespace enlace {

namespace {

/// The size of the quoted text at the front, quotes included; of one that does not end, all that there is of it.
std::size_t quoted_size(std::string_view text) noexcept {
  const char quote = text.front();
  const std::string_view triple = quote == '"' ? "\"\"\"" : "'''";
  const bool several_lines = text.starts_with(triple);
  std::size_t at = several_lines ? 3 : 1;
  while (at < text.size()) {
    if (quote == '"' && text[at] == '\\') {
      at += 2;
    } else if (several_lines && text.substr(at).starts_with(triple)) {
      // Up to two quotes may stand before the closing three.
      at += 3;
      while (at < text.size() && text[at] == quote) ++at;
      return at;
    } else if (!several_lines && (text[at] == quote || text[at] == '\n')) {
      return at + 1;
    } else {
      ++at;
    }
  }
  return text.size();
}

bool continues_key(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == ' ' || c == '\t' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

int line_of_deep_key(std::string_view text, int most) noexcept {
  int line = 1;
  int parts = 1;
  while (!text.empty()) {
    const char c = text.front();
    std::size_t size = 1;
    if (c == '#') {
      size = std::min(text.find('\n'), text.size());
    } else if (c == '"' || c == '\'') {
      size = std::min(quoted_size(text), text.size());
    } else if (c == '.') {
      if (++parts > most) return line;
    } else if (!continues_key(c)) {
      parts = 1;
    }
    line += static_cast<int>(std::ranges::count(text.substr(0, size), '\n'));
    text.remove_prefix(size);
  }
  return 0;
}

}  // namespace enlace
