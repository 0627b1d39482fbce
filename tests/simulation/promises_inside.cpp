#include "promises_inside.hpp"

#include <algorithm>

#include "answers.hpp"

namespace enlace::simulation {

using testing::received;
using testing::started_call;

namespace {

constexpr duration budget_window = std::chrono::seconds(10);

/// Of all tenants where `tenant` is null.
double count_from(const promises_inside::moments& entries, time_point from, const std::string* tenant) {
  const auto counts = [&](const auto& each) {
    return each.first >= from && each.first < from + budget_window && (tenant == nullptr || each.second == *tenant);
  };
  return static_cast<double>(std::count_if(entries.begin(), entries.end(), counts));
}

}  // namespace

promises_inside::promises_inside(testing::world& in, const std::vector<std::string>& authorities) : world_(in) {
  const std::shared_ptr<client_core>& core = in.caller().core();
  for (const std::string& authority : authorities) {
    const profile rules =
        core->configuration()->resolve(url::parse("http://" + authority).value().endpoint(), "default");
    seen_service& made = services_[authority];
    made.known = core->service_for(rules, in.time().now());
    made.guard = &made.known->breaker_for(rules);
    made.rules = rules.breaker;
    made.retry = rules.retry;
    made.last = made.guard->snapshot(in.time().now());
  }
}

void promises_inside::broken(const char* promise, const std::string& authority, const std::string& what) {
  world_.violated(promise, authority + ": " + what);
}

void promises_inside::on_call(const started_call& began) { calls_[began.id] = &began; }

void promises_inside::on_attempt(const received& what) {
  const auto found = services_.find(what.authority);
  if (found == services_.end()) return;
  seen_service& at = found->second;
  look(what.authority, at);
  ++at.in_flight;
  const auto by = calls_.find(what.call);
  if (by == calls_.end()) return broken("one reply", what.authority, "an attempt of no call, or without its header");
  const testing::started* call = by->second;
  const bool health_check = call->operation == "health_check";
  if (health_check) at.health_checked = true;
  if (at.last.opened_at && !at.health_checked && !by_hand_) {
    const duration least = std::chrono::duration_cast<duration>(0.9 * at.rules.cool_down);
    if (what.at < *at.last.opened_at + least) broken("breaker", what.authority, "an attempt within the cool-down");
  }
  if (!health_check) check_probes(what.authority, at, what.call);
  check_budget(what.authority, at, what);
}

void promises_inside::check_probes(const std::string& authority, seen_service& at, std::uint64_t call) {
  if (at.last.state != breaker_state::half_open) return;
  if (at.probing_generation != at.last.generation) at.probing.clear();
  at.probing_generation = at.last.generation;
  at.probing.insert(call);
  if (static_cast<int>(at.probing.size()) > at.rules.probes) {
    broken("breaker", authority, std::to_string(at.probing.size()) + " probes at once");
  }
}

void promises_inside::check_budget(const std::string& authority, seen_service& at, const received& what) {
  const testing::started& call = *calls_.at(what.call);
  if (call.attempts == 1) at.firsts.emplace(what.at, call.tenant);
  int& retries = retries_[call.id];
  if (call.attempts - 1 - call.redirects <= retries) return;
  ++retries;
  // The budget pays when the retry is decided on, which is when the attempt before it was over.
  const time_point decided = over_[call.id];
  at.retries.emplace(decided, call.tenant);
  for (const auto& [start, tenant] : at.retries) {
    if (start > decided || start + budget_window <= decided) continue;
    const double seconds = std::chrono::duration<double>(budget_window).count();
    const double most = at.retry.budget_burst + at.retry.budget_ratio * count_from(at.firsts, start, nullptr) +
                        at.retry.budget_per_second * seconds;
    if (count_from(at.retries, start, nullptr) > most) broken("budget", authority, "too many retries in 10 s");
    const double own = at.retry.budget_burst + at.retry.budget_ratio * count_from(at.firsts, start, &call.tenant);
    if (!call.tenant.empty() && count_from(at.retries, start, &call.tenant) > own) {
      broken("budget", authority, "too many retries of " + call.tenant + " in 10 s");
    }
  }
}

void promises_inside::on_over(const received& what) {
  const auto found = services_.find(what.authority);
  if (found == services_.end()) return;
  seen_service& at = found->second;
  over_[what.call] = world_.time().now();
  --at.in_flight;
  const auto probe = at.probing.find(what.call);
  if (probe != at.probing.end()) at.probing.erase(probe);
}

void promises_inside::on_reply(const started_call& ended) {
  check_rejection(ended, *ended.answer);
  check_answer(world_, ended, invalidated_);
}

void promises_inside::on_stream_end(const testing::started_stream& ended) {
  if (ended.ending) check_rejection(ended, *ended.ending);
}

void promises_inside::check_rejection(const testing::started& ended, const reply& got) {
  for (auto& [authority, at] : services_) {
    if (got.success() || world_.service_name(authority) != got.call().service) continue;
    const json::value* why = got.error().details.if_contains("circuit_breaker");
    if (why != nullptr && *why == "half_open" && at.in_flight == 0) {
      broken("breaker", authority,
             "half open, no probe is out, and still call " + std::to_string(ended.id) + " was rejected");
    }
  }
}

void promises_inside::after_event() {
  for (auto& [authority, at] : services_) look(authority, at);
}

void promises_inside::look(const std::string& authority, seen_service& at) {
  const breaker_snapshot now = at.guard->snapshot(world_.time().now());
  const breaker_snapshot before = std::exchange(at.last, now);
  if (at.known->in_flight().in_flight() < at.in_flight) {
    broken("limits", authority, "an attempt is in flight, and its place has been given back");
  }
  if (now.half_opened > now.opened || now.closed > now.half_opened) broken("breaker", authority, "a move that is none");
  if (by_hand_) return;
  const bool closed = now.judged == breaker_state::closed;
  if (closed && (now.opened != now.half_opened || now.opened_at))
    broken("breaker", authority, "closed without a probe");
  if (!closed && now.opened == 0) broken("breaker", authority, "half open, and never was open");
  if (now.opened > before.opened && !now.opened_at && !closed)
    broken("breaker", authority, "open, and nobody knows since when");
}

void promises_inside::check_nothing_lent() {
  client_core& core = *world_.caller().core();
  if (core.flights().size() != 0) world_.violated("nothing left", "a flight that nobody is on");
  if (core.tenants().tenants() != 0) world_.violated("nothing left", "a tenant's place was not given back");
  for (auto& [authority, at] : services_) {
    if (at.known->in_flight().in_flight() != 0) broken("nothing left", authority, "a place was not given back");
    if (at.in_flight != 0) broken("nothing left", authority, "an attempt is not over");
  }
}

}  // namespace enlace::simulation
