#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <enlace/options.hpp>

namespace enlace {

/// The problems of a configuration, a line each; empty when it is valid.
inline std::vector<std::string> problems_of(const result<options>& parsed) {
  std::vector<std::string> problems;
  if (parsed) return problems;
  const error failed = parsed.error();
  for (const json::value& problem : failed.details.at("problems").as_array()) {
    problems.emplace_back(problem.as_string());
  }
  return problems;
}

inline std::vector<std::string> problems_in(std::string_view toml, const environment& variables = environment()) {
  return problems_of(options::parse(toml, "enlace.toml", variables));
}

/// The effective values of calls to an operation of that URL.
inline profile profile_for(const options& made, std::string_view target, std::string_view operation = "default") {
  return made.resolve(url::parse(target).value().endpoint(), operation);
}

/// Value and origin of one effective value: "20s from enlace.toml:3 [services.a]".
inline std::string explained(const options& made, const request& call, std::string_view name) {
  for (const explained_value& line : made.explain(call).value()) {
    if (line.name == name) return line.value + " from " + line.origin;
  }
  return "not explained";
}

/// The example of the design, which has every kind of table.
inline constexpr std::string_view sample_toml = R"([client]
name = "agent-service"

[context]
tenant_in_body = false
internal_hosts = ["*.corp.example"]

[cache]
max_bytes = "64MiB"

[operations.rag_query]
timeout = "120s"
idempotent = true
cache_ttl = "1h"
cache_scope = ["tenant", "collection"]

[services.embedding]
hosts = ["embedding-service:8000", "127.0.0.1:9000"]
internal = true
connect_timeout = "500ms"
max_in_flight = 256
breaker = { consecutive_failures = 5, failure_rate = 0.5, min_calls = 20, window = "60s", cool_down = "30s", max_cool_down = "300s", probes = 3, slow_after = "10s", slow_rate = 0.8 }
retry = { max_attempts = 3, base = "100ms", cap = "10s", budget_ratio = 0.2, budget_burst = 10 }
stale_if_error = "10m"
envelope_failures = true

[services.embedding.operations.embedding]
timeout = "20s"
)";

}  // namespace enlace
