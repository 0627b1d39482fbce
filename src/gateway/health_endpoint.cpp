#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include <enlace/health_endpoint.hpp>

#include "client/core.hpp"
#include "server/error_document.hpp"
#include "server/health_document.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

bool rejects(breaker_state state) noexcept {
  return state == breaker_state::open || state == breaker_state::forced_open;
}

json::object breaker_document(const breaker_report& one) {
  json::object made = object("service", one.service, "state", name_of(one.state), "attempts", one.attempts, "failures",
                             one.failures, "slow", one.slow, "rejected", one.rejected, "opened", one.opened);
  if (!one.operation.empty()) made["operation"] = one.operation;
  if (one.retry_after) made["retry_after"] = one.retry_after->count();
  return made;
}

/// A dependency by the breakers of its service. Half open is not unavailable: who gets no more requests sends no
/// probes, and would never find out that the other is well again.
health_part part_of(const health_dependency& of, std::string_view its_service,
                    const std::vector<breaker_report>& breakers) {
  int known = 0;
  int open = 0;
  int half_open = 0;
  breaker_state last = breaker_state::closed;
  for (const breaker_report& each : breakers) {
    // Where operations have breakers of their own, that of the health checks stays closed whatever happens.
    if (each.service != its_service || each.operation == "health_check") continue;
    ++known;
    if (rejects(each.state)) ++open;
    if (each.state == breaker_state::half_open) ++half_open;
    if (known == 1 || rejects(each.state) || (each.state == breaker_state::half_open && !rejects(last))) {
      last = each.state;
    }
  }
  health_part made;
  made.name = of.name;
  if (open > 0 && open == known) {
    made.status = health_status::unavailable;
    made.why = "its breaker is open";
  } else if (open > 0) {
    made.status = health_status::degraded;
    made.why = "the breakers of some operations are open";
  } else if (half_open > 0) {
    made.status = health_status::degraded;
    made.why = "its breaker is half open";
  }
  made.more = object("required", of.required, "breaker", name_of(last));
  return made;
}

}  // namespace

/// What is known when a page is asked for.
class health_endpoint::page {
 public:
  void add(health_part part, bool required) {
    weigh(part.status, required);
    parts.push_back(std::move(part));
  }
  void weigh(health_status of, bool required) {
    if (!required && of == health_status::unavailable) of = health_status::degraded;
    status = std::max(status, of);
  }
  /// What the checks of the dependencies have found.
  void add_checks(const std::vector<health_dependency>& all, const std::vector<health_report>& reports);

  health_status status = health_status::available;
  std::vector<health_part> parts;
  /// The service of each dependency.
  std::vector<std::string> services;
  std::vector<breaker_report> breakers;
  json::object dependencies;
};

void health_endpoint::page::add_checks(const std::vector<health_dependency>& all,
                                       const std::vector<health_report>& reports) {
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const health_report& found = reports[i];
    weigh(found.status, all[i].required);
    json::object said = found.to_json();
    said["service"] = services[i];
    said["required"] = all[i].required;
    dependencies[all[i].name] = std::move(said);
    health_part& made = parts.emplace_back();
    made.name = all[i].name;
    made.status = found.status;
    made.why = found.why;
    made.latency = found.latency;
  }
}

health_endpoint::health_endpoint(health_identity who, client& caller)
    : health_endpoint(std::move(who), caller, health_registry_options()) {}

health_endpoint::health_endpoint(health_identity who, client& caller, const health_registry_options& options)
    : who_(std::move(who)), caller_(caller), check_timeout_(options.timeout), registry_(caller, options) {}

void health_endpoint::require_new(std::string_view name) const {
  const bool there =
      std::ranges::find(components_, name, &own_component::name) != components_.end() ||
      std::ranges::find(registry_.dependencies(), name, &health_dependency::name) != registry_.dependencies().end();
  if (there) throw std::invalid_argument("there is a part named '" + std::string(name) + "' already");
}

void health_endpoint::depends_on(std::string name, std::string_view url_text, bool required) {
  require_new(name);
  registry_.add(std::move(name), url_text, required);
}

void health_endpoint::component(std::string name, std::function<health_status()> look) {
  require_new(name);
  components_.push_back({std::move(name), std::move(look)});
}

void health_endpoint::latency_from(std::function<json::object()> percentiles) { percentiles_ = std::move(percentiles); }

health_endpoint::page health_endpoint::look_around() const {
  page seen;
  for (const own_component& each : components_) {
    health_part part;
    part.name = each.name;
    try {
      part.status = each.look();
    } catch (...) {
      // What it says is not for everybody who asks.
      part.status = health_status::unavailable;
      part.why = "looking at it failed";
    }
    seen.add(std::move(part), true);
  }
  seen.breakers = caller_.breakers();
  const std::shared_ptr<const options> configuration = caller_.core()->configuration();
  for (const health_dependency& each : registry_.dependencies()) {
    const std::string& named = seen.services.emplace_back(configuration->service_of(each.url.endpoint()));
    seen.add(part_of(each, named, seen.breakers), each.required);
  }
  return seen;
}

asio::awaitable<bool> health_endpoint::answer(const server_request& asked, responder& out) {
  const bool all = asked.path() == "/status";
  if (!all && asked.path() != "/health") co_return false;
  out.header("Cache-Control", "no-store");
  if (asked.method() != "GET" && asked.method() != "HEAD") {
    out.header("Allow", "GET, HEAD");
    const error failed = error_for_status(405, "This page can only be read: use GET or HEAD");
    co_await out.send_error(failed);
    co_return true;
  }
  std::vector<health_report> reports;
  if (all) reports = co_await registry_.check_all(check_timeout_);
  // After the checks: they may have let a breaker try again.
  page seen = look_around();
  const json::object components = components_of(seen.parts);
  seen.add_checks(registry_.dependencies(), reports);
  const int status = seen.status == health_status::unavailable ? 503 : 200;
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - began_;

  if (wants_health_json(asked.headers().joined("Accept"))) {
    json::object made = health_json_document(who_.service, who_.version, seen.status, seen.parts);
    if (all) {
      made["checks"].as_object()["uptime"] = array(
          object("componentType", "system", "observedValue", uptime.count(), "observedUnit", "s", "status", "pass"));
    }
    std::string text;
    append_json(text, made);
    co_await out.send(status, health_json_type, text);
    co_return true;
  }
  json::object made =
      health_document(who_.service, who_.version, name_of(seen.status), components, std::chrono::system_clock::now());
  if (all) {
    made["uptime_seconds"] = uptime.count();
    made["dependencies"] = std::move(seen.dependencies);
    json::array& breakers = made["breakers"].emplace_array();
    for (const breaker_report& each : seen.breakers) breakers.push_back(breaker_document(each));
    if (percentiles_) made["latency"] = percentiles_();
  }
  const json::value body = std::move(made);
  co_await out.send_json(status, body);
  co_return true;
}

}  // namespace enlace
