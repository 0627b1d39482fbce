#include "config/expansion.hpp"

#include <string_view>

#include "config/concat.hpp"
#include "config/text_file.hpp"

namespace enlace {

namespace {

constexpr std::string_view file_scheme = "file:";

bool is_name(std::string_view name) noexcept {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  for (const char c : name) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!fits) return false;
  }
  return true;
}

/// Replaces the variables; gives what is wrong, or nothing.
std::string expand_variables(std::string& text, const environment& variables) {
  std::string done;
  std::string_view rest = text;
  for (;;) {
    const std::size_t mark = rest.find("${");
    if (mark == std::string_view::npos) break;
    if (mark > 0 && rest[mark - 1] == '$') {
      done.append(rest.substr(0, mark - 1)).append("${");
      rest.remove_prefix(mark + 2);
      continue;
    }
    const std::size_t end = rest.find('}', mark);
    if (end == std::string_view::npos) return "'${' without '}'; write '$${' for the characters themselves";
    const std::string_view name = rest.substr(mark + 2, end - mark - 2);
    if (!is_name(name)) {
      return concat("'", rest.substr(mark, end + 1 - mark), "' does not name an environment variable");
    }
    const auto found = variables.find(name);
    if (found == variables.end()) return concat("the environment variable ", name, " is not defined");
    done.append(rest.substr(0, mark)).append(found->second);
    rest.remove_prefix(end + 1);
  }
  text = done.append(rest);
  return {};
}

std::string expand_text(raw_value& value, const surroundings& around) {
  // Decided by what is written there: a variable's value can't make a file be read.
  const bool names_file = value.text.starts_with(file_scheme);
  std::string before = value.text;
  if (std::string problem = expand_variables(value.text, *around.variables); !problem.empty()) return problem;
  if (names_file) {
    result<std::string> content = around.read_file(beside(around.file, value.text.substr(file_scheme.size())));
    if (!content) return content.error().message;
    value.text = std::move(*content);
    while (value.text.ends_with('\n') || value.text.ends_with('\r')) value.text.pop_back();
  }
  if (value.text != before || names_file) {
    value.written = std::move(before);
    value.untyped = true;
  }
  return {};
}

}  // namespace

std::string expand(raw_value& value, const surroundings& around) {
  if (value.is == raw_value::type::text) return expand_text(value, around);
  if (value.is != raw_value::type::list) return {};
  std::string written;
  bool replaced = false;
  for (raw_value& item : value.items) {
    if (item.is != raw_value::type::text) continue;
    if (std::string problem = expand_text(item, around); !problem.empty()) return problem;
    replaced = replaced || !item.written.empty();
    if (!written.empty()) written += ", ";
    written += concat("\"", item.written.empty() ? item.text : item.written, "\"");
  }
  if (replaced) value.written = concat("[", written, "]");
  return {};
}

}  // namespace enlace
