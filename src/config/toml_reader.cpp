#include "config/toml_reader.hpp"

#include <limits>

#include <toml++/toml.h>

namespace enlace {

namespace {

int line_of(const toml::source_region& region) noexcept { return static_cast<int>(region.begin.line); }

raw_value converted(const toml::node& node);

raw_value converted_table(const toml::table& table) {
  raw_value value;
  value.is = raw_value::type::table;
  value.members.reserve(table.size());
  for (const auto& [key, member] : table) {
    value.members.push_back({std::string(key.str()), line_of(key.source()), converted(member)});
  }
  return value;
}

raw_value converted_list(const toml::array& list) {
  raw_value value;
  value.is = raw_value::type::list;
  value.items.reserve(list.size());
  for (const toml::node& item : list) value.items.push_back(converted(item));
  return value;
}

raw_value converted_scalar(const toml::node& node) {
  raw_value value;
  if (const auto* boolean = node.as_boolean()) {
    value.is = raw_value::type::boolean;
    value.boolean = boolean->get();
  } else if (const auto* integer = node.as_integer()) {
    value.is = raw_value::type::integer;
    value.integer = integer->get();
  } else if (const auto* number = node.as_floating_point()) {
    value.is = raw_value::type::number;
    value.number = number->get();
  } else if (const auto* text = node.as_string()) {
    value.text = text->get();
  } else {
    value.is = raw_value::type::moment;
  }
  return value;
}

raw_value converted(const toml::node& node) {
  raw_value value;
  if (const auto* table = node.as_table()) {
    value = converted_table(*table);
  } else if (const auto* list = node.as_array()) {
    value = converted_list(*list);
  } else {
    value = converted_scalar(node);
  }
  value.line = line_of(node.source());
  return value;
}

}  // namespace

boost::system::result<raw_value, toml_fault> read_toml(std::string_view text) {
  try {
    return converted(toml::parse(text));
  } catch (const toml::parse_error& fault) {
    return toml_fault{line_of(fault.source()), std::string(fault.description())};
  }
}

}  // namespace enlace
