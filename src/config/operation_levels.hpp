#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/built_in_operations.hpp"
#include "config/option_table.hpp"

namespace enlace {

/// Where the values of an operation of a service come from, nearest first:
/// [services.NAME.operations.OP], [services.NAME], [operations.OP], built-in. An operation that is not built in stands
/// on `default`: after each of its tables comes that of `default`, and its built-in values are those of `default`.
class operation_levels {
 public:
  /// `service`: null when the configuration has none at that address.
  operation_levels(const settings& values, const std::string* service, std::string_view operation);

  /// "default" when neither the table nor the configuration knows the one asked for.
  [[nodiscard]] const std::string& operation() const noexcept { return operation_; }

  /// A value, and the table that has it; null: built in.
  struct found {
    option_value value;
    const table_path* table = nullptr;
  };
  /// `row`: one of the options of operations.
  [[nodiscard]] found find(const option_row& row) const;

 private:
  const settings& values_;
  std::string operation_;
  const built_in_operation* built_in_;
  std::vector<table_path> tables_;
};

}  // namespace enlace
