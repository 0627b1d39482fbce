#include "config/operation_levels.hpp"

#include <variant>

namespace enlace {

operation_levels::operation_levels(const settings& values, const std::string* service, std::string_view operation)
    : values_(values), operation_(operation), built_in_(find_built_in_operation(operation)) {
  const bool is_built_in = built_in_ != nullptr;
  const bool known = is_built_in || values.operations.contains(operation_) ||
                     (service != nullptr && values.services.at(*service).operations.contains(operation_));
  if (!known) operation_ = default_operation;
  if (!is_built_in) built_in_ = find_built_in_operation(default_operation);
  const bool on_default = known && !is_built_in;

  if (service != nullptr) {
    tables_.push_back(service_operation_table(*service, operation_));
    if (on_default) tables_.push_back(service_operation_table(*service, default_operation));
    tables_.push_back(service_table(*service));
  }
  tables_.push_back(operation_table(operation_));
  if (on_default) tables_.push_back(operation_table(default_operation));
}

operation_levels::found operation_levels::find(const option_row& row) const {
  for (const table_path& table : tables_) {
    // A service has all the options of an operation.
    const option_row& own = *find_option(table.kind, row.name);
    option_value value = option_at(values_, table, own);
    if (!std::holds_alternative<std::monostate>(value)) return {std::move(value), &table};
  }
  return {row.get(&built_in_->values), nullptr};
}

}  // namespace enlace
