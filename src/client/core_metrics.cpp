#include "client/core_metrics.hpp"

#include <algorithm>
#include <array>

#include "client/otlp_exporter.hpp"

namespace enlace {

namespace {

using kind = metric_kind;

constexpr std::array<breaker_state, 6> breaker_states{breaker_state::closed,        breaker_state::open,
                                                      breaker_state::half_open,     breaker_state::forced_open,
                                                      breaker_state::forced_closed, breaker_state::observe};

/// Hosts that are told apart; the connections of further ones are counted together.
constexpr std::size_t hosts_most = 512;

void add_breaker(std::vector<metric>& all, const breaker_report& one) {
  const auto labelled = [&one](std::string_view label, std::string_view value) {
    return metric_labels{
        {"service", one.service}, {"operation", one.operation}, {std::string(label), std::string(value)}};
  };
  for (const breaker_state state : breaker_states) {
    add_point(metric_named(all, "enlace.breaker.state", "1", "1 for the state in which the breaker is.", kind::gauge),
              labelled("state", name_of(state)), one.state == state ? 1 : 0);
  }
  metric& moves = metric_named(all, "enlace.breaker.transitions", "{transition}",
                               "How often the breaker came to that state by itself.", kind::counter);
  add_point(moves, labelled("to", "open"), static_cast<double>(one.opened));
  add_point(moves, labelled("to", "half_open"), static_cast<double>(one.half_opened));
  add_point(moves, labelled("to", "closed"), static_cast<double>(one.closed));
  add_point(metric_named(all, "enlace.breaker.rejected", "{call}", "Attempts that the breaker did not let through.",
                         kind::counter),
            {{"service", one.service}, {"operation", one.operation}}, static_cast<double>(one.rejected));
}

void add_connections(std::vector<metric>& all, std::vector<connection_report> hosts) {
  for (std::size_t i = hosts_most; i < hosts.size(); ++i) {
    connection_report& others = hosts[hosts_most - 1];
    if (i == hosts_most) others.address = other_series;
    others.idle += hosts[i].idle;
    others.active += hosts[i].active;
    others.waiting += hosts[i].waiting;
  }
  hosts.resize(std::min(hosts.size(), hosts_most));
  for (const connection_report& one : hosts) {
    const metric_labels where{{"server.address", one.address}, {"server.port", std::to_string(one.port)}};
    metric& open = metric_named(all, "http.client.open_connections", "{connection}",
                                "Connections, idle in the pool or active.", kind::gauge);
    for (const auto& [state, count] : {std::pair("idle", one.idle), std::pair("active", one.active)}) {
      metric_labels labels = where;
      labels.emplace_back("http.connection.state", state);
      add_point(open, std::move(labels), static_cast<double>(count));
    }
    add_point(metric_named(all, "enlace.pool.waiting", "{call}", "Calls that wait for a connection.", kind::gauge),
              where, static_cast<double>(one.waiting));
  }
}

void add_exports(std::vector<metric>& all, const client_core& core) {
  otlp_counts sum;
  const auto exporters = core.exporters();
  if (exporters.empty()) return;
  for (const auto& each : exporters) {
    const otlp_counts one = each->counts();
    sum.exported += one.exported;
    sum.dropped += one.dropped;
    sum.failed += one.failed;
    sum.metrics_exported += one.metrics_exported;
    sum.metrics_failed += one.metrics_failed;
  }
  metric& spans = metric_named(all, "enlace.otlp.spans", "{span}",
                               "Spans for the collector: taken, refused or not delivered, or dropped for want of room.",
                               kind::counter);
  add_point(spans, {{"result", "exported"}}, static_cast<double>(sum.exported));
  add_point(spans, {{"result", "failed"}}, static_cast<double>(sum.failed));
  add_point(spans, {{"result", "dropped"}}, static_cast<double>(sum.dropped));
  metric& requests = metric_named(all, "enlace.otlp.metric_requests", "{request}",
                                  "Requests with metrics for the collector, by what became of them.", kind::counter);
  add_point(requests, {{"result", "exported"}}, static_cast<double>(sum.metrics_exported));
  add_point(requests, {{"result", "failed"}}, static_cast<double>(sum.metrics_failed));
}

}  // namespace

std::vector<metric> metrics_of(client_core& core, time_point now) {
  std::vector<metric> all = core.told().metrics().snapshot();
  core.told().tenants().append_to(all);
  for (const service_report& each : core.services(now)) {
    for (const breaker_report& one : each.breakers) add_breaker(all, one);
    add_point(metric_named(all, "enlace.retry.budget", "{attempt}", "Retries that the service has left.", kind::gauge),
              {{"service", each.name}}, each.budget);
    add_point(metric_named(all, "enlace.in_flight", "{call}", "Calls in flight.", kind::gauge),
              {{"service", each.name}}, each.in_flight);
  }
  add_connections(all, core.connections()->report());
  add_exports(all, core);
  return all;
}

}  // namespace enlace
