// enlace explain: what a call goes by, and where each value comes from.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <enlace/options.hpp>
#include <enlace/url.hpp>

#include "cli/commands.hpp"
#include "cli/pretty_json.hpp"
#include "cli/request_defaults.hpp"
#include "cli/terminal.hpp"
#include "cli/text_table.hpp"

namespace enlace::cli {

namespace {

constexpr const char* explain_footer =
    "It reads $ENLACE_CONFIG, else ./enlace.toml, and makes no call: a table on a terminal, else JSON.\n\n"
    "Example:\n"
    "  enlace explain http://embedding:8000/api/generate --operation embedding";

struct explain_arguments {
  std::string url;
  std::string operation = "default";
};

std::string as_table(const std::vector<explained_value>& values) {
  text_table table({"OPTION", "VALUE", "ORIGIN"});
  for (const explained_value& each : values) {
    table.add({each.name, each.value, each.origin}, each.origin == "built-in" ? "" : colour::green);
  }
  return table.text(has_colours(1));
}

std::string as_json(const explain_arguments& given, const std::vector<explained_value>& values) {
  json::object all;
  for (const explained_value& each : values) all[each.name] = object("value", each.value, "origin", each.origin);
  const result<url> parsed = url::parse(given.url);
  return json_for_output(object("url", parsed ? parsed->redacted() : std::string(), "operation", given.operation,
                                "values", std::move(all)));
}

int explain(const explain_arguments& given) {
  const result<options> configuration = options::load_default();
  if (!configuration) throw usage_error(configuration.error().message);
  request asked(default_method, given.url);
  asked.operation(given.operation);
  const result<std::vector<explained_value>> values = configuration->explain(asked);
  if (!values) throw usage_error(values.error().message);
  write_all(1, is_terminal(1) ? as_table(*values) : as_json(given, *values));
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, action& chosen) {
  CLI::App* command = app.add_subcommand("explain", "Show every value that a call goes by, and where it comes from");
  command->footer(explain_footer);
  auto given = std::make_shared<explain_arguments>();
  command->add_option("url", given->url, "What would be called")->option_text("URL")->required();
  command->add_option("--operation", given->operation, "Kind of call, like embedding or rag_query")
      ->option_text("NAME");
  command->callback([given, &chosen] { chosen = [given] { return explain(*given); }; });
}

}  // namespace enlace::cli
