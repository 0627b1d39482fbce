#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/built_in_operations.hpp"
#include "config/concat.hpp"
#include "config/draft.hpp"
#include "config/nearest_name.hpp"

namespace enlace {

namespace {

constexpr std::string_view ours = "ENLACE_";
constexpr std::string_view separator = "__";
constexpr std::string_view services_prefix = "ENLACE_SERVICES__";
constexpr std::string_view hosts_suffix = "__HOSTS";

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// A name as a part of a variable's: "embedding-service" as "EMBEDDING_SERVICE".
std::string upper(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (!is_alphanumeric(c)) {
      text += '_';
    } else {
      text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return text;
}

std::string lower(std::string_view name) {
  std::string text(name);
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// The name with each run of underscores as one.
std::string with_single_underscores(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c != '_' || !text.ends_with('_')) text += c;
  }
  return text;
}

std::string variable_of(const table_path& table, const option_row& row) {
  std::string name(ours);
  const auto add = [&](std::string_view part) {
    if (name.size() > ours.size()) name += separator;
    name += upper(part);
  };
  add(top_level_name(table.kind));
  if (!table.service.empty()) add(table.service);
  if (table.kind == table_kind::service_operation) add("operations");
  if (!table.operation.empty()) add(table.operation);
  const std::size_t dot = row.name.find('.');
  add(row.name.substr(0, dot));
  if (dot != std::string_view::npos) add(row.name.substr(dot + 1));
  return name;
}

/// An option that a variable may set.
struct target {
  table_path table;
  const option_row* row;
};

/// All options that there are by the names of their variables.
class variable_index {
 public:
  explicit variable_index(const settings& values) {
    std::set<std::string> operations;
    for (const built_in_operation& known : built_in_operations()) operations.emplace(known.name);
    for (const auto& [name, ignored] : values.operations) operations.insert(name);
    for (const table_kind kind : single_tables) add({kind, {}, {}});
    for (const std::string& name : operations) add(operation_table(name));
    for (const auto& [service, own] : values.services) {
      add(service_table(service));
      std::set<std::string> all = operations;
      for (const auto& [name, ignored] : own.operations) all.insert(name);
      for (const std::string& name : all) add(service_operation_table(service, name));
    }
  }

  /// By the exact name, else by the name with single underscores. More than one: ambiguous.
  [[nodiscard]] std::vector<target> find(std::string_view variable) const {
    if (const auto exact = exact_.find(variable); exact != exact_.end()) return exact->second;
    const auto loose = loose_.find(with_single_underscores(variable));
    return loose != loose_.end() ? loose->second : std::vector<target>();
  }

  [[nodiscard]] std::string nearest(std::string_view variable) const {
    std::vector<std::string_view> names;
    names.reserve(exact_.size());
    for (const auto& [name, ignored] : exact_) names.push_back(name);
    return std::string(nearest_name(variable, names).value_or(std::string_view()));
  }

 private:
  void add(const table_path& table) {
    for (const option_row& row : options_of(table.kind)) {
      const std::string name = variable_of(table, row);
      exact_[name].push_back({table, &row});
      loose_[with_single_underscores(name)].push_back({table, &row});
    }
  }

  std::map<std::string, std::vector<target>, std::less<>> exact_;
  std::map<std::string, std::vector<target>, std::less<>> loose_;
};

/// Whether a variable that sets nothing was meant to: one that only begins with "ENLACE_" may be anybody's.
bool looks_like_a_path(std::string_view variable) {
  const std::string_view rest = variable.substr(ours.size());
  const std::string_view first = rest.substr(0, rest.find(separator));
  if (first.size() == rest.size()) return false;
  const auto names_it = [&](table_kind kind) { return upper(top_level_name(kind)) == first; };
  return std::ranges::any_of(single_tables, names_it) || names_it(table_kind::operation) ||
         names_it(table_kind::service);
}

/// Makes the services that only the environment knows: those whose hosts it tells.
void add_services(const environment& variables, settings& values) {
  for (auto at = variables.lower_bound(services_prefix); at != variables.end(); ++at) {
    std::string_view name = at->first;
    if (!name.starts_with(services_prefix)) break;
    name.remove_prefix(services_prefix.size());
    if (!name.ends_with(hosts_suffix)) continue;
    name.remove_suffix(hosts_suffix.size());
    if (name.empty() || name.find(separator) != std::string_view::npos) continue;
    const bool known =
        std::ranges::any_of(values.services, [&](const auto& service) { return upper(service.first) == name; });
    if (!known) values.services.try_emplace(lower(name));
  }
}

std::string ambiguity(const std::vector<target>& targets) {
  std::string what = "may stand for ";
  for (const target& each : targets) {
    if (&each != &targets.front()) what += " or ";
    what += each.table.of(each.row->name);
  }
  return what;
}

}  // namespace

void read_variables(const surroundings& around, draft& into) {
  const environment& variables = *around.variables;
  const auto first = variables.lower_bound(ours);
  if (first == variables.end() || !first->first.starts_with(ours)) return;
  add_services(variables, into.values);
  const variable_index index(into.values);
  for (auto at = first; at != variables.end() && at->first.starts_with(ours); ++at) {
    const std::string where = concat("environment ", at->first);
    const std::vector<target> targets = index.find(at->first);
    if (targets.size() == 1) {
      raw_value raw;
      raw.text = at->second;
      raw.untyped = true;
      into.set(targets.front().table, *targets.front().row, std::move(raw), where, around);
    } else if (targets.size() > 1) {
      into.problems.add(where, 0, ambiguity(targets));
    } else if (looks_like_a_path(at->first)) {
      const std::string near = index.nearest(at->first);
      into.problems.add(where, 0,
                        near.empty() ? "names no option" : concat("names no option; did you mean ", near, "?"));
    }
  }
}

}  // namespace enlace
