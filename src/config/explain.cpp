#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <enlace/options.hpp>
#include <enlace/url.hpp>

#include "config/concat.hpp"
#include "config/duration_text.hpp"
#include "config/operation_levels.hpp"
#include "config/option_table.hpp"
#include "config/option_text.hpp"
#include "context/internal_hosts.hpp"

namespace enlace {

namespace {

using origin_map = std::map<std::string, option_origin, std::less<>>;

constexpr std::string_view built_in = "built-in";
constexpr std::string_view by_program = "program";
constexpr std::string_view by_request = "request";

/// Methods that do no harm when they run twice (RFC 9110, 9.2.2).
constexpr std::array<std::string_view, 6> idempotent_methods = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};

/// A value without its secrets.
std::string shown(option_kind kind, const option_value& value) {
  constexpr std::string_view hidden = "REDACTED";
  const auto* text = std::get_if<std::string>(&value);
  if (kind == option_kind::secret && text != nullptr && !text->empty()) return std::string(hidden);
  if (kind == option_kind::base_url && text != nullptr) {
    const result<url> read = url::parse(*text);
    return read ? read->redacted() : *text;
  }
  const auto* lines = std::get_if<std::vector<std::string>>(&value);
  if (kind != option_kind::header_lines || lines == nullptr) return format_option(kind, value);
  std::vector<std::string> names;
  for (const std::string& line : *lines) names.push_back(concat(line.substr(0, line.find(':')), ": ", hidden));
  return format_option(kind, names);
}

/// Collects the lines of one explanation.
class explanation {
 public:
  explanation(const settings& values, const origin_map& origins) : values_(values), origins_(origins) {}

  void add(std::string_view name, std::string value, std::string_view origin) {
    lines_.push_back({std::string(name), value.empty() ? "\"\"" : std::move(value), std::string(origin)});
  }

  /// A value that a table has.
  void add(std::string_view name, const option_row& row, const option_value& value, const table_path& table) {
    const auto set = origins_.find(table.of(row.name));
    if (set == origins_.end()) {
      const bool untouched = value == default_of(table.kind, row);
      add(name, shown(row.kind, value), untouched ? built_in : by_program);
      return;
    }
    const option_origin& origin = set->second;
    // A text that came from elsewhere may be a secret; numbers and durations are none.
    const bool from_elsewhere = !origin.written.empty() && (std::holds_alternative<std::string>(value) ||
                                                            std::holds_alternative<std::vector<std::string>>(value));
    add(name, from_elsewhere ? origin.written : shown(row.kind, value), place(origin, table));
  }

  /// An option of a table, as that table has it.
  void add(std::string_view name, const table_path& table, std::string_view option) {
    const option_row& row = *find_option(table.kind, option);
    add(name, row, option_at(values_, table, row), table);
  }

  /// Where the option was set; nothing when it was not.
  [[nodiscard]] std::optional<std::string> place_of(const table_path& table, std::string_view option) const {
    const auto set = origins_.find(table.of(option));
    if (set == origins_.end()) return std::nullopt;
    return place(set->second, table);
  }

  [[nodiscard]] std::vector<explained_value> take() { return std::move(lines_); }

 private:
  static std::string place(const option_origin& origin, const table_path& table) {
    return origin.line == 0 ? origin.where : concat(origin.where, " ", table.header());
  }

  const settings& values_;
  const origin_map& origins_;
  std::vector<explained_value> lines_;
};

/// A duration that a request gives; nothing when it can't be one.
std::optional<duration> of_request(std::optional<seconds_d> seconds) {
  if (!seconds || !std::isfinite(seconds->count()) ||
      std::abs(seconds->count()) > seconds_d(longest_duration).count()) {
    return std::nullopt;
  }
  return std::chrono::round<duration>(*seconds);
}

/// What the request itself says of an option of operations; its origin is empty when it says nothing.
struct own_word {
  option_value value;
  std::string origin;
};

own_word word_of(const request& call, std::string_view option, bool cacheable) {
  const std::string origin(by_request);
  if (const auto timeout = of_request(call.timeout()); timeout && option == "timeout") return {*timeout, origin};
  if (const auto first = of_request(call.first_event_timeout()); first && option == "first_event_timeout") {
    return {*first, origin};
  }
  if (const auto between = of_request(call.between_events_timeout()); between && option == "between_events_timeout") {
    return {*between, origin};
  }
  if (option == "heartbeats" && call.heartbeats()) return {*call.heartbeats(), origin};
  if (const auto ttl = of_request(call.cache_ttl()); ttl && cacheable && option == "cache_ttl") return {*ttl, origin};
  if (option == "use_cache" && call.use_cache()) return {*call.use_cache(), origin};
  if (option == "idempotent") {
    if (call.idempotent()) return {*call.idempotent(), origin};
    if (!call.idempotency_key().empty()) return {true, origin};
    if (std::ranges::find(idempotent_methods, call.method()) != idempotent_methods.end()) {
      return {true, concat("method ", call.method())};
    }
  }
  return {};
}

void explain_operation(const request& call, const operation_levels& levels, explanation& out) {
  for (const option_row& row : options_of(table_kind::operation)) {
    const operation_levels::found found = levels.find(row);
    const auto* time = std::get_if<duration>(&found.value);
    const bool cacheable = time == nullptr || *time != never_cached;
    const own_word own = word_of(call, row.name, cacheable);
    if (!own.origin.empty()) {
      out.add(row.name, format_option(row.kind, own.value), own.origin);
    } else if (found.table == nullptr) {
      out.add(row.name, format_option(row.kind, found.value), built_in);
    } else {
      out.add(row.name, row, found.value, *found.table);
    }
  }
}

/// Whether an option of services is told by another function: those of operations, and those that have a say of their
/// own on where they come from.
bool told_elsewhere(std::string_view option) {
  return option == "hosts" || option == "internal" || find_option(table_kind::operation, option) != nullptr;
}

/// The table that decides an option of services: where a service does not set it, that of the whole client may.
table_path deciding_table(const settings& values, const table_path& service, const option_row& row) {
  const bool set = !std::holds_alternative<std::monostate>(option_at(values, service, row));
  if (!set && row.name == "max_in_flight") return {table_kind::limits, {}, {}};
  if (!set && row.name == "ca_file") return {table_kind::tls, {}, {}};
  return service;
}

void explain_service(const request& call, const settings& values, const table_path& service, explanation& out) {
  for (const option_row& row : options_of(table_kind::service)) {
    if (told_elsewhere(row.name)) continue;
    if (row.name == "retry.max_attempts" && call.max_attempts()) {
      out.add(row.name, std::to_string(*call.max_attempts()), by_request);
      continue;
    }
    out.add(row.name, deciding_table(values, service, row), row.name);
  }
}

void explain_internal(const endpoint& to, const settings& values, const table_path& service, bool internal,
                      explanation& out) {
  if (values.services.at(service.service).internal) {
    out.add("internal", service, "internal");
    return;
  }
  const bool declared = internal && !internal_hosts().contains(to);
  const table_path context{table_kind::context, {}, {}};
  out.add("internal", internal ? "true" : "false",
          declared ? out.place_of(context, "internal_hosts").value_or(std::string(by_program)) : std::string(built_in));
}

void explain_client(explanation& out) {
  for (const table_kind kind : single_tables) {
    const table_path table{kind, {}, {}};
    for (const option_row& row : options_of(kind)) out.add(table.of(row.name), table, row.name);
  }
}

}  // namespace

std::vector<explained_value> options::explain_all() const {
  explanation out(values_, origins_);
  for (const table_path& table : tables_of(values_)) {
    for (const option_row& row : options_of(table.kind)) {
      const option_value value = option_at(values_, table, row);
      if (!std::holds_alternative<std::monostate>(value)) out.add(table.of(row.name), row, value, table);
    }
  }
  return out.take();
}

result<std::vector<explained_value>> options::explain(const request& call) const {
  const result<url> target = url::parse(call.url());
  if (!target) return target.error();
  const endpoint& to = target->endpoint();
  const std::string* name = configured_at(to);
  const profile effective = resolve(to, call.operation());

  // A service that has no table is explained as one that leaves everything as it is.
  settings values = values_;
  values.services.try_emplace(effective.service);
  const table_path service = service_table(effective.service);
  explanation out(values, origins_);
  out.add("service", effective.service,
          name != nullptr ? out.place_of(service, "hosts").value_or("its name") : "address");
  const bool asked = call.operation() == effective.operation && effective.operation != default_operation;
  out.add("operation", effective.operation, asked ? by_request : built_in);
  explain_internal(to, values, service, effective.internal, out);
  explain_operation(call, operation_levels(values_, name, call.operation()), out);
  explain_service(call, values, service, out);
  explain_client(out);
  return out.take();
}

}  // namespace enlace
