#include "config/option_table.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace enlace {

namespace {

template <class Record>
auto& field_of(Record& record) {
  return record;
}
/// The field at a path of members: of a record, of a part of it, and so on.
template <class Record, class Member, class... Rest>
auto& field_of(Record& record, Member member, Rest... rest) {
  return field_of(record.*member, rest...);
}

/// What an `option_value` holds for a field of that type. Integers but sizes go as one type.
template <class T>
using held_as = std::conditional_t<std::same_as<T, int>, std::int64_t, T>;

template <class T>
struct unwrapped {
  using type = T;
  static option_value get(const T& field) { return held_as<T>(field); }
};
template <class T>
struct unwrapped<std::optional<T>> {
  using type = T;
  static option_value get(const std::optional<T>& field) {
    return field ? option_value(held_as<T>(*field)) : option_value();
  }
};

template <class Record, auto... Path>
constexpr option_row row(std::string_view name, option_kind kind, option_range range, std::string_view doc) {
  using field_type = std::remove_cvref_t<decltype(field_of(std::declval<Record&>(), Path...))>;
  using value_type = typename unwrapped<field_type>::type;
  return {name,
          kind,
          range,
          doc,
          [](const void* record) {
            return unwrapped<field_type>::get(field_of(*static_cast<const Record*>(record), Path...));
          },
          [](void* record, option_value value) {
            field_of(*static_cast<Record*>(record), Path...) =
                static_cast<value_type>(std::get<held_as<value_type>>(std::move(value)));
          }};
}

using kind = option_kind;

constexpr option_range any{};
constexpr double a_million = 1e6;
constexpr double a_tebibyte = 1099511627776.0;
constexpr double a_year = 31536000;
constexpr option_range more_than_zero{0, a_year, true};
constexpr option_range from_zero{0, a_year, false};
constexpr option_range share{0, 1, true};
constexpr option_range count_from_zero{0, a_million, false};
constexpr option_range count_from_one{1, a_million, false};

using client_s = client_settings;
constexpr std::array client_rows = {
    row<client_s, &client_s::name>(
        "name", kind::text, any,
        "What this program is called where it names itself: `service.name` of spans, the dashboard, `/health`."),
    row<client_s, &client_s::version>("version", kind::text_or_none, any, "Its version there."),
    row<client_s, &client_s::max_idle>("max_idle", kind::time, from_zero,
                                       "How long an idle connection is kept. 0: connections are not used again."),
    row<client_s, &client_s::connections_per_host>(
        "connections_per_host", kind::integer, count_from_one,
        "Connections to one host and port at most, on each loop. A call that finds them all busy waits for one."),
    row<client_s, &client_s::max_body_bytes>("max_body_bytes", kind::size, {1, a_tebibyte},
                                             "What a response's body may hold, decoded. A larger one is an error."),
    row<client_s, &client_s::max_head_bytes>("max_head_bytes", kind::size, {1024, 16777216},
                                             "What a response's head may hold. A larger one is an error."),
};

using context_s = context_settings;
constexpr std::array context_rows = {
    row<context_s, &context_s::tenant_in_body>(
        "tenant_in_body", kind::boolean, any,
        "Adds `tenant_id` to an object body of POST that has none. For internal services only."),
    row<context_s, &context_s::internal_hosts>("internal_hosts", kind::host_patterns, any,
                                               "Hosts that count as internal, besides those that do by their name or "
                                               "address. `*.domain` stands for every host "
                                               "below that domain."),
    row<context_s, &context_s::trace_external>("trace_external", kind::boolean, any,
                                               "Lets `traceparent` out to services that are not internal."),
};

constexpr std::array cache_rows = {
    row<cache_options, &cache_options::max_bytes>(
        "max_bytes", kind::size, {0, a_tebibyte},
        "What all cached answers together may take, their bookkeeping included. 0: nothing is cached."),
    row<cache_options, &cache_options::tenant_share>("tenant_share", kind::number, share,
                                                     "The part of `max_bytes` that one tenant may hold."),
};

using limit_s = limit_settings;
constexpr std::array limit_rows = {
    row<limit_s, &limit_s::max_in_flight>(
        "max_in_flight", kind::integer, count_from_zero,
        "Calls in flight at once to a service that does not set its own `max_in_flight`. 0: no limit."),
    row<limit_s, &limit_s::tenant_in_flight>("tenant_in_flight", kind::integer, count_from_zero,
                                             "Calls in flight at once of one tenant, to all services. 0: no limit."),
};

constexpr std::array tls_rows = {
    row<tls_settings, &tls_settings::ca_file>(
        "ca_file", kind::path, any,
        "PEM file of the authorities to trust instead of the system's. Empty: the system's."),
    row<tls_settings, &tls_settings::verify>("verify", kind::boolean, any,
                                             "Whether certificates and their names are checked. Off is for tests."),
};

using telemetry_s = telemetry_settings;
constexpr std::array telemetry_rows = {
    row<telemetry_s, &telemetry_s::sampling>(
        "sampling", kind::number, {0, 1},
        "Of the traces that begin here, the share that is sampled. One that came in stays as its caller decided."),
    row<telemetry_s, &telemetry_s::tenant_labels>(
        "tenant_labels", kind::integer, {0, 10000},
        "Tenants that are counted by name at most; the others share the name `other`. 0: tenants are not counted."),
    row<telemetry_s, &telemetry_s::otlp_endpoint>(
        "otlp_endpoint", kind::base_url, any,
        "The base URL of an OpenTelemetry collector, such as `http://collector:4318`, that is to have spans and "
        "metrics."),
    row<telemetry_s, &telemetry_s::otlp_headers>("otlp_headers", kind::header_lines, any,
                                                 "Fields of each request to the collector, `Name: value`: API keys "
                                                 "and the like."),
    row<telemetry_s, &telemetry_s::otlp_gzip>("otlp_gzip", kind::boolean, any,
                                              "Whether what is sent is compressed: a fraction of the bytes, for CPU."),
    row<telemetry_s, &telemetry_s::otlp_interval>("otlp_interval", kind::time, more_than_zero,
                                                  "How often metrics are sent, and how long spans wait at most."),
};

using admin_s = admin_settings;
constexpr std::array admin_rows = {
    row<admin_s, &admin_s::port>("port", kind::integer, {0, 65535},
                                 "Where the admin endpoint listens. 0: there is none."),
    row<admin_s, &admin_s::address>(
        "address", kind::text, any,
        "An IP address or `localhost`. Elsewhere than on the loopback a token must be set."),
    row<admin_s, &admin_s::token>("token", kind::secret, any,
                                  "What `Authorization: Bearer` must say. Not set: nothing."),
    row<admin_s, &admin_s::allow_changes>("allow_changes", kind::boolean, any,
                                          "Whether breakers may be led by hand from there."),
    row<admin_s, &admin_s::slow_after>(
        "slow_after", kind::time, from_zero,
        "A call that took longer is kept among the slow ones; of a stream, its first event."),
};

template <class Record>
constexpr std::array<option_row, 9> operation_rows_of() {
  using o = operation_settings;
  return {
      row<Record, &o::timeout>("timeout", kind::time, more_than_zero,
                               "For the whole call: connect, attempts, waits, body, to the last byte."),
      row<Record, &o::idempotent>("idempotent", kind::boolean, any,
                                  "Whether running it twice does no harm, so that it may be tried again."),
      row<Record, &o::cache_ttl>(
          "cache_ttl", kind::lifetime, from_zero,
          "How long an answer is kept. 0: only when the request says how long; `\"never\"`: not even then."),
      row<Record, &o::use_cache>("use_cache", kind::boolean, any,
                                 "Whether calls use the cache when the request does not say."),
      row<Record, &o::cache_scope>(
          "cache_scope", kind::scope, any,
          "The ids that tell one caller's cached answer from another's: `\"tenant\"`, `\"agent\"`, "
          "`\"conversation\"`, `\"collection\"`. The tenant always does, listed or not."),
      row<Record, &o::vary>("vary", kind::header_names, any, "Request headers whose values tell cached answers apart."),
      row<Record, &o::first_event_timeout>(
          "first_event_timeout", kind::time, from_zero,
          "Of a stream: from the beginning of an attempt to its first event. 0: as `attempt_timeout`."),
      row<Record, &o::between_events_timeout>("between_events_timeout", kind::time, from_zero,
                                              "Of a stream: from one event to the next. 0: what is left of the whole."),
      row<Record, &o::heartbeats>(
          "heartbeats", kind::boolean, any,
          "Of a stream: whether comments, the heartbeats of SSE, put off `between_events_timeout`.")};
}

constexpr std::array operation_rows = operation_rows_of<operation_settings>();

template <std::size_t... Sizes>
constexpr auto joined(const std::array<option_row, Sizes>&... parts) {
  std::array<option_row, (Sizes + ...)> all{};
  std::size_t next = 0;
  const auto append = [&](const auto& part) {
    for (const option_row& item : part) all[next++] = item;
  };
  (append(parts), ...);
  return all;
}

using service_s = service_settings;
constexpr std::array own_service_rows = {
    row<service_s, &service_s::hosts>("hosts", kind::hosts, any,
                                      "Where the service is: `\"host:port\"`, `\"host\"` for any port, or "
                                      "`\"unix:/path\"`. Not set: the service's name is its host."),
    row<service_s, &service_s::internal>("internal", kind::boolean, any,
                                         "Whether context is sent there. Not set: the host's name or address decides."),
    row<service_s, &service_s::connect_timeout>("connect_timeout", kind::time, more_than_zero,
                                                "For name look-up, connect and TLS handshake of one attempt."),
    row<service_s, &service_s::attempt_timeout>("attempt_timeout", kind::time, from_zero,
                                                "For each attempt. 0: what is left of the whole call."),
    row<service_s, &service_s::max_in_flight>("max_in_flight", kind::integer, count_from_zero,
                                              "Calls in flight at once. 0: no limit. Not set: as in `[limits]`."),
    row<service_s, &service_s::stale_if_error>(
        "stale_if_error", kind::time, from_zero,
        "How long past its end a cached answer may stand in for a call that failed. 0: never."),
    row<service_s, &service_s::envelope_failures>(
        "envelope_failures", kind::boolean, any,
        "Whether an envelope with `success: false` counts as a failure for the breaker."),
    row<service_s, &service_s::ca_file>(
        "ca_file", kind::path, any,
        "PEM file of the authorities to trust for this service. Not set: as in `[tls]`; empty: the system's."),
};

constexpr auto breaker_member = &service_s::breaker;
using breaker_o = breaker_options;
constexpr std::array breaker_rows = {
    row<service_s, breaker_member, &breaker_o::consecutive_failures>(
        "breaker.consecutive_failures", kind::integer, count_from_zero, "Opens on so many failures in a row. 0: off."),
    row<service_s, breaker_member, &breaker_o::failure_rate>(
        "breaker.failure_rate", kind::number, share,
        "Opens on this share of failures within the window, once it holds `min_calls`."),
    row<service_s, breaker_member, &breaker_o::min_calls>("breaker.min_calls", kind::integer, count_from_one,
                                                          "Attempts that the window must hold before a share counts."),
    row<service_s, breaker_member, &breaker_o::window>("breaker.window", kind::time, {0.01, 86400},
                                                       "The time over which attempts are counted."),
    row<service_s, breaker_member, &breaker_o::cool_down>("breaker.cool_down", kind::time, more_than_zero,
                                                          "How long it stays open. Doubled on each failed probe."),
    row<service_s, breaker_member, &breaker_o::max_cool_down>("breaker.max_cool_down", kind::time, more_than_zero,
                                                              "The longest `cool_down`; not less than the first."),
    row<service_s, breaker_member, &breaker_o::probes>(
        "breaker.probes", kind::integer, {1, 1000},
        "Attempts admitted at once when half open, and the successes that close it."),
    row<service_s, breaker_member, &breaker_o::slow_after>("breaker.slow_after", kind::time, from_zero,
                                                           "An attempt that takes longer counts as slow. 0: off."),
    row<service_s, breaker_member, &breaker_o::slow_rate>("breaker.slow_rate", kind::number, share,
                                                          "Opens on this share of slow attempts within the window."),
    row<service_s, &service_s::breaker_per_operation>("breaker.per_operation", kind::boolean, any,
                                                      "A breaker for each operation of the service, not one for all."),
};

constexpr auto retry_member = &service_s::retry;
using retry_o = retry_options;
constexpr std::array retry_rows = {
    row<service_s, retry_member, &retry_o::max_attempts>("retry.max_attempts", kind::integer, {1, 100},
                                                         "All attempts, the first included. 1: never again."),
    row<service_s, retry_member, &retry_o::base>(
        "retry.base", kind::time, from_zero,
        "The wait before the second attempt is random up to this, and doubles with each one. 0: no wait."),
    row<service_s, retry_member, &retry_o::cap>("retry.cap", kind::time, from_zero,
                                                "The longest such wait; not less than `base`."),
    row<service_s, retry_member, &retry_o::budget_ratio>(
        "retry.budget_ratio", kind::number, {0, 100},
        "Retries that each first attempt earns, for the service and for each of its tenants."),
    row<service_s, retry_member, &retry_o::budget_burst>("retry.budget_burst", kind::number, {0, a_million},
                                                         "Retries kept at most, and at start. 0: no retries."),
    row<service_s, retry_member, &retry_o::budget_per_second>("retry.budget_per_second", kind::number, {0, a_million},
                                                              "Retries that the service earns each second."),
};

constexpr std::array service_rows =
    joined(own_service_rows, operation_rows_of<service_settings>(), breaker_rows, retry_rows);

/// The struct of settings of that table; null when there is no such service or operation.
const void* record_of(const settings& values, const table_path& table) {
  const auto find = [](const auto& records, const std::string& name) {
    const auto found = records.find(name);
    return found == records.end() ? nullptr : &found->second;
  };
  switch (table.kind) {
    case table_kind::client:
      return &values.client;
    case table_kind::context:
      return &values.context;
    case table_kind::cache:
      return &values.cache;
    case table_kind::limits:
      return &values.limits;
    case table_kind::tls:
      return &values.tls;
    case table_kind::telemetry:
      return &values.telemetry;
    case table_kind::admin:
      return &values.admin;
    case table_kind::operation:
      return find(values.operations, table.operation);
    case table_kind::service:
    case table_kind::service_operation:
      break;
  }
  const service_settings* service = find(values.services, table.service);
  if (service == nullptr || table.kind == table_kind::service) return service;
  return find(service->operations, table.operation);
}

}  // namespace

std::span<const option_row> options_of(table_kind kind) noexcept {
  switch (kind) {
    case table_kind::client:
      return client_rows;
    case table_kind::context:
      return context_rows;
    case table_kind::cache:
      return cache_rows;
    case table_kind::limits:
      return limit_rows;
    case table_kind::tls:
      return tls_rows;
    case table_kind::telemetry:
      return telemetry_rows;
    case table_kind::admin:
      return admin_rows;
    case table_kind::service:
      return service_rows;
    case table_kind::operation:
    case table_kind::service_operation:
      break;
  }
  return operation_rows;
}

const option_row* find_option(table_kind kind, std::string_view name) noexcept {
  for (const option_row& row : options_of(kind)) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

option_value option_at(const settings& values, const table_path& table, const option_row& row) {
  const void* record = record_of(values, table);
  return record == nullptr ? option_value() : row.get(record);
}

void set_option(settings& values, const table_path& table, const option_row& row, option_value value) {
  if (table.kind == table_kind::operation) values.operations.try_emplace(table.operation);
  if (table.kind == table_kind::service) values.services.try_emplace(table.service);
  if (table.kind == table_kind::service_operation) values.services[table.service].operations[table.operation];
  row.set(const_cast<void*>(record_of(std::as_const(values), table)), std::move(value));
}

option_value default_of(table_kind kind, const option_row& row) {
  settings built_in;
  const table_path table{kind, "any", "any"};
  built_in.operations["any"];
  built_in.services["any"].operations["any"];
  return option_at(built_in, table, row);
}

std::vector<table_path> tables_of(const settings& values) {
  std::vector<table_path> tables;
  for (const table_kind kind : single_tables) tables.push_back({kind, {}, {}});
  for (const auto& [operation, ignored] : values.operations) tables.push_back(operation_table(operation));
  for (const auto& [service, own] : values.services) {
    tables.push_back(service_table(service));
    for (const auto& [operation, ignored] : own.operations) {
      tables.push_back(service_operation_table(service, operation));
    }
  }
  return tables;
}

}  // namespace enlace
