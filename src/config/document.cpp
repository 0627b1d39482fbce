#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/concat.hpp"
#include "config/draft.hpp"
#include "config/nearest_name.hpp"

namespace enlace {

namespace {

constexpr std::string_view operations_name = "operations";
constexpr std::string_view services_name = "services";

std::string quoted(std::string_view text) { return concat("'", text, "'"); }

/// Where an option that was written in the wrong table belongs; empty when nowhere.
std::string home_of(std::string_view name) {
  for (const table_kind kind : single_tables) {
    if (find_option(kind, name) != nullptr) return concat("[", top_level_name(kind), "]");
  }
  if (find_option(table_kind::operation, name) != nullptr) return "[operations.NAME] or [services.NAME]";
  for (const option_row& row : options_of(table_kind::service)) {
    const std::size_t dot = row.name.find('.');
    if (row.name == name) return "[services.NAME]";
    if (dot == std::string_view::npos) continue;
    if (row.name.substr(dot + 1) == name || row.name.substr(0, dot) == name) {
      return concat("[services.NAME.", row.name.substr(0, dot), "]");
    }
  }
  return {};
}

/// Walks through a file's tables, one function for each kind.
class document_reader {
 public:
  document_reader(const surroundings& around, draft& into) : around_(around), into_(into) {}

  void read(const raw_value& document) {
    for (const raw_entry& entry : document.members) {
      const auto* single = std::ranges::find(single_tables, entry.name, top_level_name);
      if (single != single_tables.end()) {
        const table_path table{*single, {}, {}};
        if (is_table(entry, table.text())) read_options(entry.value, table, {});
      } else if (entry.name == operations_name) {
        if (is_table(entry, entry.name)) read_operations(entry.value, nullptr);
      } else if (entry.name == services_name) {
        if (is_table(entry, entry.name)) read_services(entry.value);
      } else {
        unknown_at_top(entry);
      }
    }
  }

 private:
  [[nodiscard]] std::string at(int line) const { return around_.file + ":" + std::to_string(line); }
  void problem(int line, const std::string& what) { into_.problems.add(at(line), line, what); }

  bool is_table(const raw_entry& entry, const std::string& path) {
    if (entry.value.is == raw_value::type::table) return true;
    problem(entry.line, concat(path, ": expected a table [", path, "]"));
    return false;
  }

  bool has_name(const raw_entry& entry, std::string_view what) {
    if (!entry.name.empty()) return true;
    problem(entry.line, concat(what, " must have a name"));
    return false;
  }

  void read_services(const raw_value& services) {
    for (const raw_entry& entry : services.members) {
      const table_path table = service_table(entry.name);
      if (!has_name(entry, "a service") || !is_table(entry, table.text())) continue;
      // Also one whose table is empty is a service.
      into_.values.services.try_emplace(entry.name);
      read_options(entry.value, table, {});
    }
  }

  /// `service`: whose operations they are; null for those of all.
  void read_operations(const raw_value& operations, const std::string* service) {
    for (const raw_entry& entry : operations.members) {
      const table_path table =
          service == nullptr ? operation_table(entry.name) : service_operation_table(*service, entry.name);
      if (!has_name(entry, "an operation") || !is_table(entry, table.text())) continue;
      // Also one that sets nothing is known by its name.
      if (service == nullptr) {
        into_.values.operations.try_emplace(entry.name);
      } else {
        into_.values.services[*service].operations.try_emplace(entry.name);
      }
      read_options(entry.value, table, {});
    }
  }

  /// `prefix`: of a table within the table, "breaker.".
  void read_options(const raw_value& members, const table_path& table, const std::string& prefix) {
    for (const raw_entry& entry : members.members) {
      const std::string name = prefix + entry.name;
      if (const option_row* row = find_option(table.kind, name)) {
        into_.set(table, *row, entry.value, at(entry.line), around_);
      } else if (is_group(table.kind, name)) {
        if (is_table(entry, table.of(name))) read_options(entry.value, table, name + ".");
      } else if (table.kind == table_kind::service && name == operations_name) {
        if (is_table(entry, table.of(name))) read_operations(entry.value, &table.service);
      } else {
        unknown_option(entry, table, prefix);
      }
    }
  }

  static bool is_group(table_kind kind, const std::string& name) {
    return std::ranges::any_of(options_of(kind),
                               [&](const option_row& row) { return row.name.starts_with(name + "."); });
  }

  /// What may stand in a table, or in the table within it that the prefix tells.
  static std::vector<std::string_view> names_in(table_kind kind, const std::string& prefix) {
    std::vector<std::string_view> names;
    for (const option_row& row : options_of(kind)) {
      if (!row.name.starts_with(prefix)) continue;
      const std::string_view rest = row.name.substr(prefix.size());
      names.push_back(rest.substr(0, rest.find('.')));
    }
    if (kind == table_kind::service && prefix.empty()) names.push_back(operations_name);
    return names;
  }

  void unknown_option(const raw_entry& entry, const table_path& table, const std::string& prefix) {
    std::string what = concat("unknown key ", quoted(prefix + entry.name), " in ", table.header());
    if (const auto near = nearest_name(entry.name, names_in(table.kind, prefix))) {
      what += concat("; did you mean ", quoted(*near), "?");
    } else if (const std::string home = home_of(entry.name); !home.empty()) {
      what += concat("; it belongs in ", home);
    }
    problem(entry.line, what);
  }

  void unknown_at_top(const raw_entry& entry) {
    std::vector<std::string_view> tables = {operations_name, services_name};
    for (const table_kind kind : single_tables) tables.push_back(top_level_name(kind));
    const bool table = entry.value.is == raw_value::type::table;
    std::string what = table ? concat("unknown table [", entry.name, "]") : concat("unknown key ", quoted(entry.name));
    if (const auto near = nearest_name(entry.name, tables); near && table) {
      what += concat("; did you mean [", *near, "]?");
    } else if (const std::string home = home_of(entry.name); !home.empty()) {
      what += concat("; it belongs in ", home);
    }
    problem(entry.line, what);
  }

  const surroundings& around_;
  draft& into_;
};

}  // namespace

void read_document(const raw_value& document, const surroundings& around, draft& into) {
  document_reader(around, into).read(document);
}

}  // namespace enlace
