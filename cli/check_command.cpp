// enlace check: all that is wrong with a configuration file.

#include <filesystem>
#include <memory>
#include <string>

#include <enlace/options.hpp>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "config/default_file.hpp"

namespace enlace::cli {

namespace {

constexpr const char* check_footer =
    "It prints every problem with its file, its line and the nearest valid name, on stderr.\n"
    "Exit status: 0 no problem, 2 problems or no such file.\n\n"
    "Example:\n"
    "  enlace check enlace.toml";

int check(const std::string& file) {
  const result<options> read = file.empty() ? options::load_default() : options::load(file);
  if (!read) {
    write_all(2, read.error().message + '\n');
    return 2;
  }
  const std::string path = file.empty() ? find_default_file(process_environment()).path : file;
  const bool exists = std::filesystem::exists(path);
  write_all(1, path + (exists ? ": no problems\n" : ": no such file, so the built-in values hold\n"));
  return 0;
}

}  // namespace

void add_check(CLI::App& app, action& chosen) {
  CLI::App* command = app.add_subcommand("check", "Find all problems of a configuration file");
  command->footer(check_footer);
  auto file = std::make_shared<std::string>();
  command->add_option("file", *file, "What to check; default $ENLACE_CONFIG, else ./enlace.toml")->option_text("FILE");
  command->callback([file, &chosen] { chosen = [file] { return check(*file); }; });
}

}  // namespace enlace::cli
