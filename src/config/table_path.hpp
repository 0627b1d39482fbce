#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace enlace {

/// The kinds of tables that a configuration is made of.
enum class table_kind : std::uint8_t {
  client,
  context,
  cache,
  limits,
  tls,
  telemetry,
  admin,
  operation,
  service,
  service_operation
};

/// The tables that are there once, in the order in which `explain` and the reference show them.
inline constexpr std::array single_tables = {table_kind::client, table_kind::context, table_kind::cache,
                                             table_kind::limits, table_kind::tls,     table_kind::telemetry,
                                             table_kind::admin};

/// "client", "operations", "services": the top-level name of such tables.
[[nodiscard]] std::string_view top_level_name(table_kind kind) noexcept;

/// One table of a configuration.
struct table_path {
  table_kind kind = table_kind::client;
  std::string service;
  std::string operation;

  /// "services.embedding.operations.rag_query", names quoted where TOML needs it.
  [[nodiscard]] std::string text() const;
  /// The path of an option in it: "services.embedding.timeout".
  [[nodiscard]] std::string of(std::string_view option) const;
  /// "[services.embedding]"
  [[nodiscard]] std::string header() const;
};

[[nodiscard]] table_path operation_table(std::string_view operation);
[[nodiscard]] table_path service_table(std::string_view service);
[[nodiscard]] table_path service_operation_table(std::string_view service, std::string_view operation);

}  // namespace enlace
