// Module: config
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <enlace/cache_options.hpp>
#include <enlace/exchange.hpp>
#include <enlace/policy_options.hpp>
#include <enlace/request.hpp>
#include <enlace/url.hpp>

namespace enlace {

/// As `cache_ttl`: answers are never cached, not even when a request asks for it.
inline constexpr duration never_cached = duration::min();

/// [client]
struct client_settings {
  /// What this program is called where it names itself: `service.name` of spans, the dashboard, `/health`.
  std::string name = "enlace";
  /// Empty: not told.
  std::string version;
  /// How long an idle connection is kept. Zero: connections are not reused.
  duration max_idle = std::chrono::seconds(60);
  /// Connections to one host and port at most, on each loop; a call that finds them all busy waits.
  int connections_per_host = 128;
  /// Bytes of a response's body at most, decoded.
  std::uint64_t max_body_bytes = 32ULL << 20;
  /// Bytes of a response's head at most.
  std::uint64_t max_head_bytes = 64ULL << 10;
};

/// [context]
struct context_settings {
  /// Adds `tenant_id` to an object body of POST when it has none; internal services only.
  bool tenant_in_body = false;
  /// Hosts, or "*.domain" for all below a domain, that count as internal besides those that do by nature.
  std::vector<std::string> internal_hosts;
  /// Lets `traceparent` out to services that are not internal.
  bool trace_external = false;
};

/// [limits]
struct limit_settings {
  /// Calls in flight at once to a service that does not say its own `max_in_flight`. Zero: no limit.
  int max_in_flight = 1024;
  /// Calls in flight at once of one tenant, to all services. Zero: no limit.
  int tenant_in_flight = 0;
};

/// [telemetry]
struct telemetry_settings {
  /// Of the traces that begin here, the share that is sampled. One that came in stays as its caller decided.
  double sampling = 0;
  /// Tenants that have series of their own at most; the others share one, "other". Zero: none has.
  int tenant_labels = 0;
  /// The base URL of an OpenTelemetry collector that takes OTLP over HTTP. Empty: nothing is sent.
  std::string otlp_endpoint;
  /// "Name: value" fields of each request to the collector: API keys and the like.
  std::vector<std::string> otlp_headers;
  /// Whether what is sent is compressed. It saves most of the bytes, and costs more than making the text did.
  bool otlp_gzip = false;
  /// How often metrics are sent, and how long spans wait at most.
  duration otlp_interval = std::chrono::seconds(5);
};

/// [admin]
struct admin_settings {
  /// Zero: no admin endpoint.
  int port = 0;
  /// An IP address or "localhost". Elsewhere than on the loopback a token must be set.
  std::string address = "127.0.0.1";
  /// What `Authorization: Bearer` must say. Empty: nothing is asked for.
  std::string token;
  /// Whether breakers may be led by hand.
  bool allow_changes = false;
  /// A call that took longer is kept as a slow one; of a stream, its first event.
  duration slow_after = std::chrono::seconds(1);
};

/// [operations.NAME] and [services.NAME.operations.NAME]. What is not set comes from the next level.
struct operation_settings {
  /// For the whole call.
  std::optional<duration> timeout;
  /// Whether running it twice does no harm.
  std::optional<bool> idempotent;
  /// How long an answer is kept. Zero: only when the request says how long; `never_cached`: not even then.
  std::optional<duration> cache_ttl;
  std::optional<bool> use_cache;
  /// The ids that tell one caller's cached answer from another's. The tenant always does.
  std::optional<enlace::cache_scope> cache_scope;
  /// Request headers whose values are part of the cache key.
  std::optional<std::vector<std::string>> vary;
  /// Of a stream: from an attempt's beginning to its first event. Zero: as `attempt_timeout`.
  std::optional<duration> first_event_timeout;
  /// Of a stream: between two events. Zero: what is left of the whole.
  std::optional<duration> between_events_timeout;
  /// Of a stream: whether comments, which servers send as heartbeats, put off `between_events_timeout`.
  std::optional<bool> heartbeats;
};

/// [services.NAME]. The values of `operation_settings` here are for all its operations.
struct service_settings : operation_settings {
  /// "host:port", "host" (any port) or "unix:/path". None: the service's name is its host.
  std::vector<std::string> hosts;
  /// Whether context headers go there. Not set: decided by the host's name.
  std::optional<bool> internal;
  duration connect_timeout = std::chrono::seconds(2);
  /// For each attempt. Zero: what is left of the whole call.
  duration attempt_timeout{};
  /// Calls in flight at once. Zero: no limit.
  std::optional<int> max_in_flight;
  breaker_options breaker;
  /// A breaker for each operation of the service instead of one for all.
  bool breaker_per_operation = false;
  retry_options retry;
  /// How long past its end a cached answer may stand in for a call that failed. Zero: never.
  duration stale_if_error{};
  /// Whether an envelope with `success: false` counts as a failure for the breaker.
  bool envelope_failures = false;
  /// PEM file of the authorities to trust for this service. Not set: as in [tls].
  std::optional<std::string> ca_file;
  std::map<std::string, operation_settings> operations;
};

/// A whole configuration, as a program or a file writes it. What is left alone has its built-in value.
struct settings {
  client_settings client;
  context_settings context;
  cache_options cache;
  limit_settings limits;
  /// [tls]
  tls_settings tls;
  telemetry_settings telemetry;
  admin_settings admin;
  std::map<std::string, operation_settings> operations;
  std::map<std::string, service_settings> services;
};

/// Everything that a call to one operation of one service goes by, short of what the request says itself.
struct profile {
  /// The configured name, else "host:port" or "unix:/path".
  std::string service;
  /// "default" for one that nobody knows.
  std::string operation;
  /// Whether context goes there.
  bool internal = false;

  duration timeout{};
  duration connect_timeout{};
  /// Zero: what is left of the call.
  duration attempt_timeout{};
  bool idempotent = false;
  retry_options retry;

  bool use_cache = false;
  /// False: not even when the request says `cache_ttl`.
  bool cacheable = true;
  /// Zero: not cached unless the request says how long.
  duration cache_ttl{};
  enlace::cache_scope cache_scope;
  std::vector<std::string> vary;
  duration stale_if_error{};

  /// Zero: as `attempt_timeout`.
  duration first_event_timeout{};
  /// Zero: what is left of the whole.
  duration between_events_timeout{};
  bool heartbeats = false;

  tls_settings tls;
  breaker_options breaker;
  bool breaker_per_operation = false;
  bool envelope_failures = false;
  /// Zero: no limit.
  int max_in_flight = 0;
};

/// One effective value, and where it comes from.
struct explained_value {
  /// "timeout", "breaker.min_calls", "client.name"
  std::string name;
  /// As in the file: "20s". What came from `${VAR}` or `file:PATH` is shown as it was written there.
  std::string value;
  /// "built-in", "program", "request", "enlace.toml:12 [services.embedding]", "environment ENLACE_CLIENT__NAME"
  std::string origin;
};

/// Names and values of environment variables.
using environment = std::map<std::string, std::string, std::less<>>;

/// A copy of the process's environment. Not to be called while another thread changes it.
[[nodiscard]] environment process_environment();

class draft;
class internal_hosts;

/// Where an option was set.
struct option_origin {
  /// "enlace.toml:12" or "environment ENLACE_CLIENT__NAME"
  std::string where;
  /// Of the file; 0 when it was not there.
  int line = 0;
  /// The text before `${VAR}` or `file:PATH` was replaced; empty when there was nothing to replace.
  std::string written;
};

/// A validated configuration. Never changes, so it may be read by all threads; a reload makes another one.
///
/// Errors of all that make one: CONFIGURATION_ERROR whose message has a line for each problem (file, line, what is
/// wrong, the nearest valid name), and whose `details.problems` is the list of these lines.
class options {
 public:
  /// The built-in values.
  options();

  /// Options of a program that needs no file.
  [[nodiscard]] static result<options> make(settings values);
  /// The text of a configuration file and, over it, the `ENLACE_...` variables. `file_name` is for messages, and
  /// relative paths in the text start at its folder.
  [[nodiscard]] static result<options> parse(std::string_view toml, std::string_view file_name = "enlace.toml",
                                             const environment& variables = environment());
  /// Reads and parses a file.
  [[nodiscard]] static result<options> load(const std::string& path,
                                            const environment& variables = process_environment());
  /// The file that `$ENLACE_CONFIG` names, which must be there; else `enlace.toml` in the current folder, if it is
  /// there; else the built-in values. `ENLACE_...` variables count in each case.
  [[nodiscard]] static result<options> load_default(const environment& variables = process_environment());

  [[nodiscard]] const settings& values() const noexcept { return values_; }

  /// The name of the service at that address.
  [[nodiscard]] std::string service_of(const endpoint& to) const;
  /// What a call goes by. Made anew each time: worth remembering for each (address, operation).
  [[nodiscard]] profile resolve(const endpoint& to, std::string_view operation) const;
  /// Every effective value of a call, and where it comes from: the profile, then the values of the whole client.
  /// Errors: VALIDATION_ERROR when the request's URL is none.
  [[nodiscard]] result<std::vector<explained_value>> explain(const request& call) const;
  /// Every value of every table, and where it comes from; named as in "services.embedding.timeout". Secrets as
  /// `explain` shows them.
  [[nodiscard]] std::vector<explained_value> explain_all() const;

 private:
  /// Checks what was collected.
  static result<options> finish(draft whole);
  /// The configured service at that address; null when there is none.
  [[nodiscard]] const std::string* configured_at(const endpoint& to) const;

  settings values_;
  /// Where the values that a file or the environment set were written, by path: "services.embedding.timeout".
  std::map<std::string, option_origin, std::less<>> origins_;
  /// From "host:port", "host" or "unix:/path" to the name of the service.
  std::map<std::string, std::string, std::less<>> services_by_host_;
  std::shared_ptr<const internal_hosts> internal_;
};

}  // namespace enlace
