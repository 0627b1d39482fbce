#include "config/table_path.hpp"

#include <algorithm>

#include "config/concat.hpp"

namespace enlace {

namespace {

bool is_bare(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// A key as TOML writes it.
std::string quoted_key(std::string_view key) {
  if (!key.empty() && std::ranges::all_of(key, is_bare)) return std::string(key);
  std::string text = "\"";
  for (const char c : key) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

}  // namespace

std::string_view top_level_name(table_kind kind) noexcept {
  switch (kind) {
    case table_kind::client:
      return "client";
    case table_kind::context:
      return "context";
    case table_kind::cache:
      return "cache";
    case table_kind::limits:
      return "limits";
    case table_kind::tls:
      return "tls";
    case table_kind::telemetry:
      return "telemetry";
    case table_kind::admin:
      return "admin";
    case table_kind::operation:
      return "operations";
    case table_kind::service:
    case table_kind::service_operation:
      break;
  }
  return "services";
}

std::string table_path::header() const { return concat("[", text(), "]"); }

std::string table_path::text() const {
  std::string path(top_level_name(kind));
  if (kind == table_kind::service || kind == table_kind::service_operation) path += concat(".", quoted_key(service));
  if (kind == table_kind::service_operation) path += ".operations";
  if (kind == table_kind::operation || kind == table_kind::service_operation)
    path += concat(".", quoted_key(operation));
  return path;
}

std::string table_path::of(std::string_view option) const { return concat(text(), ".", option); }

table_path operation_table(std::string_view operation) {
  return {table_kind::operation, std::string(), std::string(operation)};
}

table_path service_table(std::string_view service) {
  return {table_kind::service, std::string(service), std::string()};
}

table_path service_operation_table(std::string_view service, std::string_view operation) {
  return {table_kind::service_operation, std::string(service), std::string(operation)};
}

}  // namespace enlace
