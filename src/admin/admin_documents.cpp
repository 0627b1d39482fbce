#include "admin/admin_documents.hpp"

#include <array>
#include <chrono>

namespace enlace {

namespace {

using outcome = service_metrics::outcome;

json::object breaker_json(const breaker_report& one) {
  json::object made =
      object("operation", one.operation, "state", name_of(one.state), "attempts", one.attempts, "failures",
             one.failures, "slow", one.slow, "rejected", one.rejected, "opened", one.opened);
  made["retry_after"] = one.retry_after ? json::value(one.retry_after->count()) : json::value(nullptr);
  return made;
}

json::object latency_json(const histogram_data& seen) {
  constexpr double ms = 1000;
  if (seen.count == 0) return object("p50", nullptr, "p90", nullptr, "p99", nullptr);
  return object("p50", ms * seen.quantile(0.5), "p90", ms * seen.quantile(0.9), "p99", ms * seen.quantile(0.99));
}

json::object service_json(const service_report& one, const service_metrics& numbers, const histogram_data& latencies) {
  json::array breakers;
  for (const breaker_report& each : one.breakers) breakers.push_back(breaker_json(each));
  json::object made;
  made["name"] = one.name;
  made["calls"] =
      object("success", numbers.calls(outcome::success), "failure", numbers.calls(outcome::failure), "rejected",
             numbers.calls(outcome::rejected), "timeout", numbers.calls(outcome::timeout), "cancelled",
             numbers.calls(outcome::cancelled), "client_error", numbers.calls(outcome::client_error));
  made["retries"] = numbers.retries();
  made["answers"] = object("upstream", numbers.answers(cache_use::none), "fresh", numbers.answers(cache_use::fresh),
                           "stale", numbers.answers(cache_use::stale), "shared", numbers.answers(cache_use::shared));
  made["latency_ms"] = latency_json(latencies);
  made["breakers"] = std::move(breakers);
  made["led"] = name_of(one.led);
  made["budget"] = one.budget;
  made["budget_limit"] = one.budget_limit;
  made["in_flight"] = one.in_flight;
  made["in_flight_limit"] = one.in_flight_limit;
  return made;
}

double seconds_of(wall_time at) { return std::chrono::duration<double>(at.time_since_epoch()).count(); }

using way_to_lead = std::pair<std::string_view, breaker_override>;
constexpr std::array<way_to_lead, 4> ways_to_lead{
    way_to_lead("automatic", breaker_override::automatic), way_to_lead("force_open", breaker_override::force_open),
    way_to_lead("force_closed", breaker_override::force_closed), way_to_lead("observe", breaker_override::observe)};

}  // namespace

std::string_view name_of(breaker_override how) noexcept {
  for (const auto& [name, way] : ways_to_lead) {
    if (way == how) return name;
  }
  return {};
}

std::optional<breaker_override> override_named(std::string_view name) noexcept {
  for (const auto& [known, way] : ways_to_lead) {
    if (known == name) return way;
  }
  return std::nullopt;
}

histogram_data latency_window::of(const service_metrics& numbers, time_point now) {
  constexpr duration window = std::chrono::seconds(60);
  constexpr duration step = std::chrono::seconds(5);
  std::deque<snapshot>& kept = services_[numbers.name()];
  histogram_data here = numbers.attempts();
  while (kept.size() > 1 && now - kept[1].at >= window) kept.pop_front();
  if (kept.empty() || now - kept.back().at >= step) kept.push_back({now, here});
  // The first look is at everything so far.
  return kept.size() == 1 ? here : here.since(kept.front().seen);
}

json::object overview(client_core& core, const recent_calls& recent, latency_window& latencies,
                      const admin_options& how, const beginning& began, time_point now, wall_time wall) {
  json::array services;
  for (const service_report& each : core.services(now)) {
    const auto numbers = core.told().metrics().of(each.name);
    services.push_back(service_json(each, *numbers, latencies.of(*numbers, now)));
  }
  json::array tenants;
  for (const tenant_report& each : core.tenants_under_pressure()) {
    tenants.push_back(object("tenant", each.tenant, "in_flight", each.in_flight, "limit", each.limit));
  }
  json::object made = object("name", how.name, "version", how.version, "began", seconds_of(began.wall), "uptime_s",
                             seconds_d(now - began.at).count(), "now", seconds_of(wall));
  made["changes_allowed"] = how.allow_changes;
  made["services"] = std::move(services);
  made["tenants"] = std::move(tenants);
  made["recent"] = object("failed", recent.failed(), "slow", recent.slow());
  return made;
}

json::object latency_document(client_core& core, latency_window& latencies, time_point now) {
  json::object all;
  for (const auto& each : core.told().metrics().all()) {
    all[each->name()] = latency_json(latencies.of(*each, now));
  }
  return all;
}

json::array breakers_document(client_core& core, time_point now) {
  json::array all;
  for (const breaker_report& each : core.breakers(now)) {
    json::object made = breaker_json(each);
    made["service"] = each.service;
    all.push_back(std::move(made));
  }
  return all;
}

json::array config_document(const client_core& core) {
  json::array all;
  for (const explained_value& each : core.configuration()->explain_all()) {
    all.push_back(object("name", each.name, "value", each.value, "origin", each.origin));
  }
  return all;
}

}  // namespace enlace
