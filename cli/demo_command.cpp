// enlace demo: what a call does, shown against an upstream that behaves badly.

#include <memory>

#include "cli/commands.hpp"
#include "cli/demo.hpp"
#include "cli/terminal.hpp"

namespace enlace::cli {

void add_demo(CLI::App& app, action& chosen) {
  CLI::App* command = app.add_subcommand("demo", "Show retries, deadlines, the breaker and the cache at work");
  command->footer(
      "It starts a badly behaved upstream in this process, calls it, and tells what happens; 20 seconds at most.\n\n"
      "Example:\n"
      "  enlace demo");
  struct demo_arguments {
    bool plain = false;
    bool stay = false;
  };
  auto given = std::make_shared<demo_arguments>();
  command->add_flag("--no-color", given->plain, "No colours, on a terminal either");
  command->add_flag("--stay", given->stay, "Afterwards go on calling, and serve a dashboard of it, until interrupted");
  command->callback([given, &chosen] {
    chosen = [given] {
      demo_options how;
      how.coloured = !given->plain && has_colours(1);
      how.stay = given->stay;
      return run_demo(how);
    };
  });
}

}  // namespace enlace::cli
