#include "telemetry/metrics.hpp"

#include <algorithm>
#include <charconv>

namespace enlace {

namespace {

constexpr std::array<std::string_view, outcome_count> outcome_names{"success", "failure",   "rejected",
                                                                    "timeout", "cancelled", "client_error"};
constexpr std::array<std::string_view, 4> answer_names{"upstream", "fresh", "stale", "shared"};

/// When an attempt or a call was over.
template <class Event>
wall_time end_of(const Event& over) {
  return over.began + std::chrono::duration_cast<wall_time::duration>(over.elapsed);
}

}  // namespace

service_metrics::outcome outcome_of(const call_event& over) noexcept {
  using enum service_metrics::outcome;
  if (over.failed == nullptr) return success;
  switch (over.failed->code) {
    case error_code::timeout_error:
      return timeout;
    case error_code::cancelled:
      return cancelled;
    default:
      break;
  }
  if (over.attempts == 0) return rejected;
  // The service has done its part: the request was wrong.
  const bool wrong_request = over.status >= 400 && over.status < 500 && over.status != 408 && over.status != 429;
  return wrong_request ? client_error : failure;
}

std::string_view name_of(service_metrics::outcome outcome) noexcept {
  return outcome_names[static_cast<std::size_t>(outcome)];
}

std::string_view error_type_of(const attempt_event& attempt, std::span<char, 4> digits) noexcept {
  if (attempt.failure != wire_failure::none) return name_of(attempt.failure);
  if (attempt.status < 400) return {};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), attempt.status).ptr;
  return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

service_metrics::~service_metrics() {
  for (auto& each : series_) delete each.load(std::memory_order_relaxed);
}

bool service_metrics::same_outcome(const series& one, const attempt_event& over) noexcept {
  return one.status == over.status && one.failure == over.failure && one.method == over.method;
}

service_metrics::series& service_metrics::series_of(const attempt_event& over) {
  const auto is_that = [&](const series& one) {
    return same_outcome(one, over) && one.port == over.target->endpoint().port &&
           one.address == over.target->endpoint().host;
  };
  const auto found = [&](std::size_t from) -> std::size_t {
    for (std::size_t i = from; i < series_most; ++i) {
      const series* one = series_[i].load(std::memory_order_acquire);
      if (one == nullptr || is_that(*one)) return i;
    }
    return series_most - 1;  // the last one takes what comes beyond
  };
  std::size_t at = found(0);
  if (series* one = series_[at].load(std::memory_order_acquire)) return *one;
  const std::lock_guard lock(mutex_);
  at = found(at);
  if (series* one = series_[at].load(std::memory_order_acquire)) return *one;
  auto made = std::make_unique<series>();
  if (at == series_most - 1) {
    made->method = "_OTHER";
  } else {
    made->method = over.method;
    made->address = over.target->endpoint().host;
    made->port = over.target->endpoint().port;
    made->status = over.status;
    made->failure = over.failure;
  }
  series_[at].store(made.get(), std::memory_order_release);
  return *made.release();
}

void service_metrics::attempt(const attempt_event& over, latest& of_address) {
  if (of_address.seen_ == nullptr || !same_outcome(*of_address.seen_, over)) of_address.seen_ = &series_of(over);
  if (!over.reused_connection) fresh_connections_.fetch_add(1, std::memory_order_relaxed);
  histogram& durations = of_address.seen_->durations;
  durations.record(over.elapsed);
  if (over.place.sampled) durations.remember(over.elapsed, over.place, end_of(over));
}

void service_metrics::call(const call_event& over) {
  constexpr auto relaxed = std::memory_order_relaxed;
  const outcome how = outcome_of(over);
  calls_[static_cast<std::size_t>(how)].fetch_add(1, relaxed);
  answered_[static_cast<std::size_t>(over.cached)].fetch_add(1, relaxed);
  if (over.attempts > 1) retries_.fetch_add(static_cast<std::uint64_t>(over.attempts - 1), relaxed);
  // In no time: the worse a service is, the faster its calls would seem.
  if (how == outcome::rejected) return;
  histogram& durations = over.stream ? stream_durations_ : call_durations_;
  durations.record(over.elapsed);
  if (over.place.sampled) durations.remember(over.elapsed, over.place, end_of(over));
  if (over.first_event) first_events_.record(*over.first_event);
}

histogram_data service_metrics::attempts() const {
  histogram_data all;
  for (const auto& each : series_) {
    if (const series* one = each.load(std::memory_order_acquire)) all.add(one->durations.snapshot());
  }
  return all;
}

std::uint64_t service_metrics::calls(outcome how) const noexcept {
  return calls_[static_cast<std::size_t>(how)].load(std::memory_order_relaxed);
}

std::uint64_t service_metrics::answers(cache_use from) const noexcept {
  return answered_[static_cast<std::size_t>(from)].load(std::memory_order_relaxed);
}

void service_metrics::append_to(std::vector<metric>& all) const {
  using kind = metric_kind;
  metric& durations = metric_named(all, "http.client.request.duration", "s", "Duration of attempts, by their outcome.",
                                   kind::histogram);
  for (const auto& each : series_) {
    const series* one = each.load(std::memory_order_acquire);
    if (one == nullptr) continue;
    metric_labels labels{{"service", name_}, {"http.request.method", one->method}};
    if (!one->address.empty()) labels.emplace_back("server.address", one->address);
    if (one->port != 0) labels.emplace_back("server.port", std::to_string(one->port));
    if (one->status != 0) labels.emplace_back("http.response.status_code", std::to_string(one->status));
    if (one->failure != wire_failure::none) {
      labels.emplace_back("error.type", name_of(one->failure));
    } else if (one->status >= 400) {
      labels.emplace_back("error.type", std::to_string(one->status));
    }
    add_point(durations, std::move(labels), one->durations.snapshot());
  }
  add_point(metric_named(all, "enlace.call.duration", "s",
                         "Duration of whole calls, waits and retries included; without streams and rejected calls.",
                         kind::histogram),
            {{"service", name_}}, call_durations_.snapshot());
  for (std::size_t i = 0; i < outcome_names.size(); ++i) {
    add_point(metric_named(all, "enlace.calls", "{call}", "Calls, by how they ended.", kind::counter),
              {{"service", name_}, {"outcome", std::string(outcome_names[i])}},
              static_cast<double>(calls_[i].load(std::memory_order_relaxed)));
  }
  for (std::size_t i = 0; i < answer_names.size(); ++i) {
    add_point(metric_named(all, "enlace.answers", "{call}", "Calls, by where their answer came from.", kind::counter),
              {{"service", name_}, {"source", std::string(answer_names[i])}},
              static_cast<double>(answered_[i].load(std::memory_order_relaxed)));
  }
  add_point(metric_named(all, "enlace.retries", "{attempt}", "Attempts after a call's first.", kind::counter),
            {{"service", name_}}, static_cast<double>(retries_.load(std::memory_order_relaxed)));
  add_point(
      metric_named(all, "enlace.pool.misses", "{attempt}", "Attempts that found no idle connection.", kind::counter),
      {{"service", name_}}, static_cast<double>(fresh_connections_.load(std::memory_order_relaxed)));
  const histogram_data streams = stream_durations_.snapshot();
  if (streams.count == 0) return;
  add_point(metric_named(all, "enlace.stream.duration", "s", "Duration of whole streams.", kind::histogram),
            {{"service", name_}}, streams);
  add_point(metric_named(all, "enlace.stream.first_event.duration", "s",
                         "From a stream's beginning to its first event.", kind::histogram),
            {{"service", name_}}, first_events_.snapshot());
}

std::shared_ptr<service_metrics> metrics::of(std::string_view service) {
  const std::lock_guard lock(mutex_);
  const auto known = services_.find(std::string(service));
  if (known != services_.end()) return known->second;
  const std::string name(services_.size() < services_most ? service : other_series);
  std::shared_ptr<service_metrics>& slot = services_[name];
  if (slot == nullptr) slot = std::make_shared<service_metrics>(name);
  return slot;
}

std::vector<std::shared_ptr<service_metrics>> metrics::all() const {
  std::vector<std::shared_ptr<service_metrics>> list;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& entry : services_) list.push_back(entry.second);
  }
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a->name() < b->name(); });
  return list;
}

std::vector<metric> metrics::snapshot() const {
  std::vector<metric> made;
  for (const auto& each : all()) each->append_to(made);
  return made;
}

}  // namespace enlace
