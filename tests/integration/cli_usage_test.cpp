#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/cli_command.hpp"

namespace enlace::test {
namespace {

using ::testing::HasSubstr;

TEST(CliUsage, RefusesWhatItCantUnderstand) {
  const temporary_folder folder;
  const std::string broken = folder.write("broken.toml", "[client]\nnaem = \"x\"\n");
  const std::vector<std::vector<std::string>> wrong = {{},
                                                       {"nope"},
                                                       {"call"},
                                                       {"call", "GET", "http://h/", "extra"},
                                                       {"call", "http://h/", "--bogus"},
                                                       {"call", "http://h/", "-d", "{"},
                                                       {"call", "http://h/", "-d", ""},
                                                       {"call", "http://h/", "-d", "@/no/such/file"},
                                                       {"call", "http://h/", "-d", "@/tmp"},
                                                       {"call", "http://h/", "-d", "-"},
                                                       {"call", "http://h/", "-H", "no colon"},
                                                       {"call", "http://h/", "-H", ": value"},
                                                       {"call", "http://h/", "-H"},
                                                       {"call", "http://h/", "--timeout", "5"},
                                                       {"call", "http://h/", "--timeout", "soon"},
                                                       {"call", "http://h/", "--timeout", "nan"},
                                                       {"call", "http://h/", "--cache-ttl", "1y"},
                                                       {"call", "http://h/", "--interval", "-1s"},
                                                       {"call", "http://h/", "--max-attempts", "three"},
                                                       {"call", "http://h/", "--repeat", "0"},
                                                       {"call", "http://h/", "--repeat", "-1"},
                                                       {"call", "http://h/", "--concurrency", "0"},
                                                       {"call", "http://h/", "-c", "/no/such/file"},
                                                       {"call", "http://h/", "-c", broken},
                                                       {"call", "http://h/", "--batch", "-"},
                                                       {"call", "--batch", "-", "-d", "-"},
                                                       {"call", "--batch", "-", "--repeat", "2"},
                                                       {"call", "--batch", "/no/such/file"},
                                                       {"call", "--batch", "/tmp"},
                                                       {"health"},
                                                       {"health", "http://h/", "--timeout", "0s"},
                                                       {"explain"},
                                                       {"explain", "not-a-url"},
                                                       {"check", "/no/such/file"},
                                                       {"check", broken},
                                                       {"serve", "--port", "70000"},
                                                       {"serve", "--port", "-1"}};
  for (const auto& arguments : wrong) {
    const auto done = enlace_command(arguments);
    const std::string shown = testing::PrintToString(arguments);
    EXPECT_EQ(done.status, 2) << shown;
    EXPECT_EQ(done.output, "") << shown;
    EXPECT_NE(done.errors, "") << shown;
  }
}

TEST(CliUsage, TellsItsVersion) {
  const auto done = enlace_command({"--version"});
  EXPECT_EQ(done.status, 0);
  EXPECT_TRUE(std::regex_match(done.output, std::regex("enlace \\d+\\.\\d+\\.\\d+\n"))) << done.output;
}

std::string contents(const std::string& file) {
  std::ifstream in(std::string(ENLACE_CLI_FOLDER) + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> words(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) found.insert(at->str(1));
  return found;
}

std::set<std::string> commands() {
  const std::string help = enlace_command({"--help"}).output;
  return words(help.substr(help.find("Subcommands:")), "\n  ([a-z]+)  ");
}

TEST(CliUsage, HelpTeachesEveryCommandByExample) {
  const std::set<std::string> all = commands();
  for (const char* one : {"call", "health", "explain", "check", "serve"}) EXPECT_EQ(all.count(one), 1U) << one;
  for (const std::string& one : all) {
    const auto help = enlace_command({one, "--help"});
    EXPECT_EQ(help.status, 0) << one;
    EXPECT_THAT(help.output, HasSubstr("Usage: enlace " + one));
    EXPECT_THAT(help.output, HasSubstr("\n  enlace " + one)) << one;
  }
}

/// Help, manual and completion name the same commands and options.
TEST(CliUsage, ManualAndCompletionKnowEveryOption) {
  const std::string manual = contents("/man/enlace.1");
  const std::string completion = contents("/completion/enlace.bash");
  for (const std::string& one : commands()) {
    EXPECT_THAT(manual, HasSubstr(".Ss enlace " + one + "\n"));
    EXPECT_EQ(words(completion, "\n    (" + one + ")\\)").size(), one == "check" ? 0U : 1U) << one;
    std::set<std::string> known = words(enlace_command({one, "--help"}).output, "\n  (?:-.,)?--([a-z-]+)");
    EXPECT_EQ(known.erase("help"), 1U) << one;
    const std::size_t start = manual.find(".Ss enlace " + one + "\n");
    const std::string section =
        manual.substr(start, std::min(manual.find("\n.Ss ", start + 1), manual.find("\n.Sh ", start)) - start);
    EXPECT_EQ(words(section, "\n\\.It Fl (?:. , )?-([a-z-]+)"), known) << one;
    const std::size_t branch = completion.find("\n    " + one + ")");
    const std::string options =
        branch == std::string::npos ? "" : completion.substr(branch, completion.find(";;", branch) - branch);
    EXPECT_EQ(words(options, "--([a-z-]+)"), known) << one;
  }
}

TEST(CliUsage, BashCompletes) {
  const std::string script = "source " + std::string(ENLACE_CLI_FOLDER) +
                             "/completion/enlace.bash; COMP_WORDS=(enlace call --max); COMP_CWORD=2; _enlace; "
                             "echo \"${COMPREPLY[*]}\"; COMP_WORDS=(enlace he); COMP_CWORD=1; _enlace; "
                             "echo \"${COMPREPLY[*]}\"";
  process bash({"/bin/bash", "-c", script});
  EXPECT_EQ(bash.wait(), 0);
  EXPECT_EQ(bash.output(), "--max-attempts\nhealth\n");
  EXPECT_EQ(bash.errors(), "");
}

}  // namespace
}  // namespace enlace::test
