#pragma once

#include <functional>
#include <stdexcept>

#include <CLI/CLI.hpp>

namespace enlace::cli {

/// What the command line asked for; gives the exit status.
using action = std::function<int()>;

/// A command line or a file that can't be used: a message on stderr, and exit status 2.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Each adds its subcommand, which sets `chosen` when it is the one.
void add_call(CLI::App& app, action& chosen);
void add_stream(CLI::App& app, action& chosen);
void add_health(CLI::App& app, action& chosen);
void add_explain(CLI::App& app, action& chosen);
void add_check(CLI::App& app, action& chosen);
void add_serve(CLI::App& app, action& chosen);
void add_breakers(CLI::App& app, action& chosen);
void add_top(CLI::App& app, action& chosen);
void add_demo(CLI::App& app, action& chosen);

}  // namespace enlace::cli
