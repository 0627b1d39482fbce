#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <enlace/options.hpp>

#include "cli/request_defaults.hpp"

namespace enlace::cli {

/// What the commands that send a request take: what to call, with what, on whose behalf.
struct request_arguments {
  /// A method, or none, and a URL.
  std::vector<std::string> target;
  std::optional<std::string> data;
  std::string config_file;
  request_defaults defaults;

  /// Takes the text of `-d`, which may name a file, into the defaults. Throws `usage_error` when it is no JSON.
  void read_data();
  [[nodiscard]] request make_request() const;
  /// Throws `usage_error` when it can't be used.
  [[nodiscard]] options load_configuration() const;
};

void add_request_options(CLI::App& command, request_arguments& given);
/// An option that is a duration.
void add_duration(CLI::App& command, const std::string& name, std::optional<duration>& into, const std::string& help);

}  // namespace enlace::cli
