#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace enlace::cli {

/// Help that fits a terminal: descriptions wrapped, arguments shown by their `option_text` alone.
class help_formatter final : public CLI::Formatter {
 public:
  help_formatter();

  std::string make_option_name(const CLI::Option* option, bool is_positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_option_usage(const CLI::Option* option) const override;
};

}  // namespace enlace::cli
