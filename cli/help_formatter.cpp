#include "cli/help_formatter.hpp"

#include <string_view>

namespace enlace::cli {

namespace {

constexpr std::size_t name_columns = 30;
constexpr std::size_t text_columns = 64;

std::string wrapped(std::string_view text) {
  std::string made;
  while (text.size() > text_columns) {
    const std::size_t space = text.rfind(' ', text_columns);
    if (space == std::string_view::npos) break;
    made.append(text.substr(0, space)).push_back('\n');
    text.remove_prefix(space + 1);
  }
  return made.append(text);
}

}  // namespace

help_formatter::help_formatter() { column_width(name_columns); }

std::string help_formatter::make_option_name(const CLI::Option* option, bool is_positional) const {
  return is_positional ? option->get_option_text() : Formatter::make_option_name(option, false);
}

std::string help_formatter::make_option_opts(const CLI::Option* option) const {
  if (option->get_positional() || option->get_option_text().empty()) return {};
  return " " + option->get_option_text();
}

std::string help_formatter::make_option_desc(const CLI::Option* option) const {
  return wrapped(option->get_description());
}

std::string help_formatter::make_option_usage(const CLI::Option* option) const { return option->get_option_text(); }

}  // namespace enlace::cli
