#include "history.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "answers.hpp"
#include "drawing.hpp"
#include "promises_inside.hpp"
#include "stream_plans.hpp"

namespace enlace::simulation {

using namespace std::chrono_literals;
using testing::conditions;
using testing::latency;
using testing::started_call;
using testing::world;

namespace {

std::string address(const char* name) { return std::string(name) + ":80"; }

/// Zero for most, so that some histories are calm.
double share(random_source& random, double most) { return random.below(3) == 0 ? most * random.uniform() : 0; }

settings rules(random_source& random) {
  settings values;
  for (const char* name : service_names) {
    service_settings& each = values.services[name];
    each.hosts = {address(name)};
    each.internal = true;
    each.breaker.consecutive_failures = static_cast<int>(2 + random.below(6));
    each.breaker.min_calls = static_cast<int>(4 + random.below(20));
    each.breaker.cool_down = 100ms + milliseconds_below(random, 3000);
    each.breaker.probes = static_cast<int>(1 + random.below(3));
    if (random.below(4) == 0) each.breaker.slow_after = 20ms + milliseconds_below(random, 200);
    each.stale_if_error = random.below(2) == 0 ? 0s : 60s;
    each.connect_timeout = 100ms + milliseconds_below(random, 2000);
    if (random.below(3) == 0) each.attempt_timeout = 50ms + milliseconds_below(random, 500);
    if (random.below(4) == 0) each.max_in_flight = static_cast<int>(1 + random.below(4));
    if (random.below(4) == 0) each.retry.budget_burst = static_cast<double>(random.below(4));
  }
  if (random.below(4) == 0) values.limits.tenant_in_flight = static_cast<int>(1 + random.below(3));
  return values;
}

conditions weather(random_source& random) {
  conditions how;
  how.takes = random.below(2) == 0 ? latency::between(1ms, 1ms + milliseconds_below(random, 100))
                                   : latency::around(5ms + milliseconds_below(random, 50), 1.5 * random.uniform());
  how.refused = share(random, 0.3);
  how.stale = share(random, 0.1);
  how.lost = share(random, 0.1);
  how.reset_before = share(random, 0.1);
  how.reset_after = share(random, 0.1);
  how.truncated = share(random, random.below(2) == 0 ? 0.1 : 0.4);
  how.malformed = share(random, 0.05);
  how.dripping = share(random, 0.05);
  how.stalling = share(random, 0.2);
  how.hanging = share(random, 0.05);
  how.failing = share(random, 0.15);
  how.drip = milliseconds_below(random, 10'000);
  if (random.below(3) == 0) how.capacity = static_cast<int>(1 + random.below(5));
  how.overload_status = random.below(2) == 0 ? 503 : 429;
  how.retry_after = std::chrono::seconds(random.below(4));
  return how;
}

/// The calls that were begun, by the number of their plan; what was left out of the history is null.
using calls = std::vector<std::shared_ptr<started_call>>;

struct drawn_call {
  request asked{"GET", ""};
  std::optional<context> ambient;
  /// From the call's beginning to the ambient deadline; zero: there is none.
  duration ambient_time{};
  std::size_t client = 0;
};

drawn_call draw_call(random_source& random) {
  drawn_call made;
  const std::string where = "http://" + address(service_names[random.below(2)]) + "/x";
  switch (random.below(8)) {
    case 0:
      made.asked = post(where).operation("embedding");
      break;
    case 1:
      made.asked = post(where).idempotency_key("k");
      break;
    case 2:
    case 3:
    case 4:
      made.asked = post(where).data(object("q", 1));
      break;
    case 5:
      made.asked = random.below(4) == 0 ? get(where).operation("health_check") : put(where);
      break;
    default:
      made.asked = get(where);
      break;
  }
  if (random.below(40) == 0) made.asked = get("http://nowhere:80/");
  made.asked.timeout(50ms + milliseconds_below(random, random.below(10) == 0 ? 60'000 : 4'000));
  made.asked.max_attempts(static_cast<int>(1 + random.below(5)));
  if (random.below(3) != 0) made.asked.tenant(some_tenant(random));
  if (random.below(3) == 0) {
    made.ambient = context().tenant(some_tenant(random));
    if (random.below(2) == 0) made.ambient_time = 20ms + milliseconds_below(random, 3000);
  }
  if (random.below(3) == 0) made.asked.use_cache().cache_ttl(1ms + milliseconds_below(random, longest_lifetime / 1ms));
  made.client = random.below(2);
  return made;
}

void plan_calls(world& in, const std::shared_ptr<calls>& made, duration span) {
  random_source& random = in.random();
  const std::uint64_t count = 10 + random.below(40);
  made->resize(count);
  const bool bursts = random.below(2) == 0;
  duration when{};
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto spread = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
    if (!bursts || random.below(4) == 0) when = milliseconds_below(random, spread);
    const drawn_call drawn = draw_call(random);
    in.plan(when, "call " + std::to_string(i), [&in, made, i, drawn] {
      std::optional<context> ambient = drawn.ambient;
      if (drawn.ambient_time > duration::zero()) ambient->deadline(in.time().now() + drawn.ambient_time);
      (*made)[i] = in.start(drawn.asked, std::move(ambient), drawn.client);
    });
    if (random.below(5) != 0) continue;
    in.plan(when + milliseconds_below(random, 1000), "its caller cancels", [&in, made, i] {
      if ((*made)[i] != nullptr) (*made)[i]->cancel(in.time().now());
    });
  }
}

void plan_fault(world& in, duration when, const std::shared_ptr<promises_inside>& inside) {
  random_source& random = in.random();
  const std::string where = address(service_names[random.below(2)]);
  testing::service& to = in.at(where);
  const duration lasts = milliseconds_below(random, 5000);
  const duration after = milliseconds_below(random, 2000);
  const conditions how = weather(random);
  const std::string tenant = some_tenant(random);
  switch (random.below(8)) {
    case 0:
      return in.plan(when, where + " restarts", [&to, lasts, after] { to.restarts(lasts, after); });
    case 1:
      return in.plan(when, where + " can't be reached", [&to, lasts] { to.partitioned_for(lasts); });
    case 2:
      return in.plan(when, where + " answers 500", [&to, lasts] { to.fares_for(lasts, conditions{.failing = 1}); });
    case 3:
      return in.plan(when, "the process is suspended", [&in, lasts] { in.suspend(lasts); });
    case 4:
      return in.plan(when, "the wall clock is set", [&in, lasts, back = random.below(2) == 0] {
        const auto by = std::chrono::duration_cast<std::chrono::seconds>(1000 * lasts);
        in.time().set_wall_clock(back ? -by : by);
      });
    case 5:
      return in.plan(when, "the answers of " + tenant + " are dropped", [&in, inside, tenant] {
        in.caller().invalidate(tenant);
        inside->invalidated(tenant);
      });
    default:
      return in.plan(when, where + " fares otherwise", [&to, lasts, how] { to.fares_for(lasts, how); });
  }
}

void plan_override(world& in, duration when, const std::shared_ptr<promises_inside>& inside,
                   const std::shared_ptr<stream_promises>& streams) {
  static constexpr breaker_override ways[] = {breaker_override::force_open, breaker_override::force_closed,
                                              breaker_override::observe};
  const std::string name = service_names[in.random().below(2)];
  const breaker_override how = ways[in.random().below(3)];
  in.plan(when, "the breaker of " + name + " is led by hand", [&in, inside, streams, name, how] {
    inside->led_by_hand();
    streams->led_by_hand();
    in.caller().override_breaker(name, how);
  });
  in.plan(when + milliseconds_below(in.random(), 3000), "and is left alone again",
          [&in, name] { in.caller().override_breaker(name, breaker_override::automatic); });
}

constexpr duration answer_time = 5ms;

std::optional<breaker_report> breaker_of(world& in, const char* name) {
  for (breaker_report& each : in.caller().breakers()) {
    if (each.service == name) return each;
  }
  return std::nullopt;
}

/// Waits for the cool-down, then calls as often as a half-open breaker wants to see. Whether all of it succeeded.
bool traffic_is_back(world& in, const char* name, const breaker_options& rules) {
  const std::optional<breaker_report> before = breaker_of(in, name);
  if (before && before->retry_after) {
    if (*before->retry_after > rules.max_cool_down) in.violated("recovery", "too long a cool-down");
    in.run_for(std::chrono::duration_cast<duration>(*before->retry_after) + 10ms);
  }
  for (int i = 0; i < rules.probes; ++i) {
    const auto call = in.start(get("http://" + address(name) + "/well").max_attempts(1).timeout(1s));
    in.run_for(2 * answer_time + 10ms);
    if (!call->answer || !call->answer->success()) return false;
  }
  const std::optional<breaker_report> after = breaker_of(in, name);
  return !after || after->state == breaker_state::closed;
}

/// Every service is well from now on: once the cool-down is over, each call succeeds, and the breaker closes after as
/// many as it wants to see. A closed one may open once more, when a success completes a window full of old failures.
void recovery(world& in, const settings& values) {
  for (const char* name : service_names) {
    conditions well;
    well.takes = latency::fixed(answer_time);
    in.at(address(name)).recovers(well).answers(nullptr);
    const breaker_options& rules = values.services.at(name).breaker;
    const std::optional<breaker_report> before = breaker_of(in, name);
    const bool was_closed = before && before->state == breaker_state::closed;
    if (traffic_is_back(in, name, rules) || !in.violations().empty()) continue;
    const bool opened = was_closed && breaker_of(in, name)->opened > before->opened;
    if (opened && traffic_is_back(in, name, rules)) continue;
    in.violated("recovery", std::string(name) + " is well, and its traffic is not back");
  }
}

}  // namespace

void random_history(world& in) {
  random_source& random = in.random();
  const settings values = rules(random);
  in.configure(values);
  std::vector<std::string> authorities;
  // The services come before it, as it looks at their breakers.
  std::shared_ptr<stream_promises> streams;
  for (const char* name : service_names) {
    testing::service& made = in.at(address(name));
    authorities.push_back(made.authority());
    made.keeps_requests(false).fares(weather(random)).answers([&in, &streams](const testing::received& what) {
      return what.target.starts_with("/stream/") ? streams->serve(what) : serve(in, what);
    });
  }
  streams = std::make_shared<stream_promises>(in, authorities);
  in.watch(streams);
  const auto inside = std::make_shared<promises_inside>(in, authorities);
  in.watch(inside);

  const duration span = 100ms + milliseconds_below(random, random.below(4) == 0 ? 60'000 : 5'000);
  plan_calls(in, std::make_shared<calls>(), span);
  if (random.below(2) == 0) plan_streams(in, streams, span);
  const auto spread = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
  for (std::uint64_t i = random.below(6); i > 0; --i) plan_fault(in, milliseconds_below(random, spread), inside);
  if (random.below(8) == 0) plan_override(in, milliseconds_below(random, spread), inside, streams);

  in.run();
  if (in.violations().empty()) inside->check_nothing_lent();
  if (in.violations().empty()) recovery(in, values);
}

}  // namespace enlace::simulation
