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
  auto plain = std::make_shared<bool>(false);
  command->add_flag("--no-color", *plain, "No colours, on a terminal either");
  command->callback([plain, &chosen] {
    chosen = [plain] {
      demo_options how;
      how.coloured = !*plain && has_colours(1);
      return run_demo(how);
    };
  });
}

}  // namespace enlace::cli
