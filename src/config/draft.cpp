#include "config/draft.hpp"

#include <utility>

#include "config/option_reader.hpp"
#include "config/text_file.hpp"

namespace enlace {

void draft::set(const table_path& table, const option_row& row, raw_value raw, const std::string& where,
                const surroundings& around) {
  const std::string path = table.of(row.name);
  if (const std::string problem = expand(raw, around); !problem.empty()) {
    problems.add(where, raw.line, path + ": " + problem);
    return;
  }
  if (row.kind == option_kind::path && raw.is == raw_value::type::text) raw.text = beside(around.file, raw.text);
  value_or_fault<option_value> value = read_option(row, raw);
  if (!value) {
    problems.add(where, raw.line, path + ": " + value.error().what);
    return;
  }
  set_option(values, table, row, *std::move(value));
  origins[path] = option_origin{where, raw.line, std::move(raw.written)};
}

void draft::refuse(const table_path& table, std::string_view option, const std::string& what) {
  const std::string path = table.of(option);
  const auto origin = origins.find(path);
  if (origin == origins.end()) {
    problems.add({}, 0, path + ": " + what);
  } else {
    problems.add(origin->second.where, origin->second.line, path + ": " + what);
  }
}

}  // namespace enlace
