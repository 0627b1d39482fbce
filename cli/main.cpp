// The `enlace` command: one file a subcommand.

#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <enlace/result.hpp>

#include "cli/commands.hpp"
#include "cli/help_formatter.hpp"

namespace enlace::cli {
namespace {

constexpr int usage_status = 2;

constexpr const char* description =
    "Calls HTTP services the way a service should: with a deadline, safe retries, a circuit breaker,\n"
    "a cache and the caller's context, and always with an answer in one form.";

constexpr const char* main_footer =
    "Try it:\n"
    "  enlace serve --port 9000 &\n"
    "  enlace call GET 'http://127.0.0.1:9000/flaky?fail=2'\n"
    "  enlace call http://127.0.0.1:9000/echo -d '{\"text\": \"hello\"}' --tenant acme\n\n"
    "'enlace COMMAND --help' tells about one command, 'man enlace' about all.";

int complain(const std::string& message) {
  std::cerr << "enlace: " << message << '\n';
  return usage_status;
}

int complain(const CLI::App& app, const CLI::ParseError& wrong) {
  std::string name = "enlace";
  for (const CLI::App* used : app.get_subcommands()) name.append(" ").append(used->get_name());
  return complain(std::string(wrong.what()) + "\nTry '" + name + " --help'.");
}

int run(int argc, char** argv) {
  CLI::App app(description, "enlace");
  app.set_version_flag("--version", "enlace " ENLACE_VERSION, "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
  app.require_subcommand(1);
  app.formatter(std::make_shared<help_formatter>());
  app.footer(main_footer);
  action chosen;
  add_call(app, chosen);
  add_stream(app, chosen);
  add_health(app, chosen);
  add_explain(app, chosen);
  add_check(app, chosen);
  add_serve(app, chosen);
  add_breakers(app, chosen);
  add_top(app, chosen);
  add_demo(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return wrong.get_exit_code() == 0 ? app.exit(wrong) : complain(app, wrong);
  }
  return chosen();
}

}  // namespace
}  // namespace enlace::cli

int main(int argc, char** argv) {
  try {
    return enlace::cli::run(argc, argv);
  } catch (const std::exception& wrong) {
    return enlace::cli::complain(wrong.what());
  }
}
