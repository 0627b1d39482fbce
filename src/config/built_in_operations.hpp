#pragma once

#include <span>
#include <string_view>

#include <enlace/options.hpp>

namespace enlace {

/// An operation that is known without any configuration. All its values are set.
struct built_in_operation {
  std::string_view name;
  operation_settings values;
};

/// The one of requests that name none, and the base of those that are not in the table.
inline constexpr std::string_view default_operation = "default";

[[nodiscard]] std::span<const built_in_operation> built_in_operations();

/// Null when it is not in the table.
[[nodiscard]] const built_in_operation* find_built_in_operation(std::string_view name);

}  // namespace enlace
