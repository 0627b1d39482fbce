#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "config/built_in_operations.hpp"
#include "config/concat.hpp"
#include "config/option_check.hpp"
#include "config/option_table.hpp"
#include "config/option_text.hpp"

namespace enlace {
namespace {

std::filesystem::path reference_path() {
  return std::filesystem::path(__FILE__).parent_path() / "../../../docs/reference/configuration.md";
}

std::string read_reference() {
  std::ostringstream text;
  text << std::ifstream(reference_path(), std::ios::binary).rdbuf();
  return text.str();
}

std::string_view type_of(option_kind kind) {
  switch (kind) {
    case option_kind::boolean:
      return "boolean";
    case option_kind::integer:
      return "whole number";
    case option_kind::number:
      return "number";
    case option_kind::size:
      return "size";
    case option_kind::time:
      return "duration";
    case option_kind::lifetime:
      return "duration or `\"never\"`";
    case option_kind::text:
    case option_kind::text_or_none:
    case option_kind::secret:
      return "text";
    case option_kind::base_url:
      return "URL";
    case option_kind::path:
      return "path";
    case option_kind::hosts:
      return "list of hosts";
    case option_kind::host_patterns:
      return "list of hosts or `*.domain`";
    case option_kind::header_names:
      return "list of header names";
    case option_kind::header_lines:
      return "list of `Name: value`";
    case option_kind::scope:
      break;
  }
  return "list of ids";
}

/// A value as it is written in the file.
std::string in_toml(option_kind kind, const option_value& value) {
  const std::string text = format_option(kind, value);
  const bool quoted = kind == option_kind::size || kind == option_kind::time || kind == option_kind::lifetime ||
                      kind == option_kind::text || kind == option_kind::text_or_none || kind == option_kind::secret ||
                      kind == option_kind::base_url || kind == option_kind::path;
  return quoted ? concat("`\"", text, "\"`") : concat("`", text, "`");
}

std::string table_of(table_kind kind, const std::function<bool(std::string_view)>& wanted) {
  std::string table = "| option | type | default | allowed | what it does |\n|---|---|---|---|---|\n";
  const void* operation = &find_built_in_operation(default_operation)->values;
  for (const option_row& row : options_of(kind)) {
    if (!wanted(row.name)) continue;
    const option_value value = kind == table_kind::operation ? row.get(operation) : default_of(kind, row);
    const std::string shown = std::holds_alternative<std::monostate>(value) ? "" : in_toml(row.kind, value);
    table += concat("| `", row.name, "` | ", type_of(row.kind), " | ", shown, " | ", describe_range(row), " | ",
                    row.doc, " |\n");
  }
  return table;
}

std::string operations_table() {
  std::string table = "| operation | timeout | idempotent | cache_ttl | cache_scope |\n|---|---|---|---|---|\n";
  for (const built_in_operation& operation : built_in_operations()) {
    const auto cell = [&](std::string_view name) {
      const option_row& row = *find_option(table_kind::operation, name);
      return format_option(row.kind, row.get(&operation.values));
    };
    table += concat("| `", operation.name, "` | ", cell("timeout"), " | ", cell("idempotent"), " | ", cell("cache_ttl"),
                    " | ", cell("cache_scope"), " |\n");
  }
  return table;
}

std::string generated(std::string_view region) {
  const auto all = [](std::string_view) { return true; };
  if (region == "built-in operations") return operations_table();
  if (region == "operations") return table_of(table_kind::operation, all);
  if (region == "services") {
    return table_of(table_kind::service, [](std::string_view name) {
      return name.find('.') == std::string_view::npos && find_option(table_kind::operation, name) == nullptr;
    });
  }
  if (region == "breaker" || region == "retry") {
    return table_of(table_kind::service, [&](std::string_view name) { return name.starts_with(concat(region, ".")); });
  }
  for (const table_kind kind : single_tables) {
    if (region == top_level_name(kind)) return table_of(kind, all);
  }
  ADD_FAILURE() << "the reference asks for a table of '" << region << "'";
  return {};
}

constexpr std::string_view region_start = "<!-- generated: ";
constexpr std::string_view region_end = "<!-- end -->";

/// The reference with its tables made anew, and the names of the tables.
std::string updated(const std::string& text, std::vector<std::string>& regions) {
  std::string made;
  std::size_t done = 0;
  for (;;) {
    const std::size_t start = text.find(region_start, done);
    if (start == std::string::npos) break;
    const std::size_t name = start + region_start.size();
    const std::size_t name_end = text.find(" -->\n", name);
    const std::size_t end = text.find(region_end, name);
    if (name_end == std::string::npos || end == std::string::npos) break;
    regions.push_back(text.substr(name, name_end - name));
    made += text.substr(done, name_end + 5 - done) + generated(regions.back());
    done = end;
  }
  return made + text.substr(done);
}

/// The tables of the reference come from the table that the parser goes by. After a change of an option run this test
/// with ENLACE_UPDATE_DOCS=1, which writes them anew.
TEST(Reference, HasEveryOptionAsItIs) {
  const std::string text = read_reference();
  ASSERT_FALSE(text.empty()) << reference_path();
  std::vector<std::string> regions;
  const std::string fresh = updated(text, regions);
  if (std::getenv("ENLACE_UPDATE_DOCS") != nullptr) {
    std::ofstream(reference_path(), std::ios::binary | std::ios::trunc) << fresh;
  }
  EXPECT_EQ(regions, (std::vector<std::string>{"client", "context", "cache", "limits", "tls", "telemetry", "admin",
                                               "operations", "built-in operations", "services", "breaker", "retry"}));
  EXPECT_EQ(read_reference(), fresh) << "run this test with ENLACE_UPDATE_DOCS=1";
}

/// The example of the reference is one that works.
TEST(Reference, HasAnExampleThatIsValid) {
  const std::string text = read_reference();
  std::size_t examples = 0;
  for (std::size_t at = text.find("```toml\n"); at != std::string::npos; at = text.find("```toml\n", at + 1)) {
    const std::size_t start = at + 8;
    const std::string example = text.substr(start, text.find("```", start) - start);
    const result<options> made = options::parse(example, "example.toml", {{"RELEASE", "x"}});
    EXPECT_TRUE(made) << made.error().message;
    ++examples;
  }
  EXPECT_GE(examples, 1U);
}

}  // namespace
}  // namespace enlace
