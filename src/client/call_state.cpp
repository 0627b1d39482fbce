#include "client/call_state.hpp"

#include <array>

#include "cache/storable.hpp"
#include "client/loop.hpp"
#include "context/tenant.hpp"
#include "message/envelope.hpp"

namespace enlace {

namespace {

bool is_idempotent_method(std::string_view method) noexcept {
  static constexpr std::array<std::string_view, 6> names{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  return std::find(names.begin(), names.end(), method) != names.end();
}

error limit_error(std::string_view of, std::string_view name) {
  error why(error_code::service_unavailable, "too many calls of the " + std::string(of) + " are in flight");
  why.details["limit"] = of;
  why.details[of] = name;
  return why;
}

/// A spare state keeps its buffers for the next call, but not the megabytes of one that was unusual.
void drop_large(std::string& buffer) noexcept {
  constexpr std::size_t kept = 16 * 1024;
  if (buffer.capacity() > kept) std::string().swap(buffer);
}

}  // namespace

call_state::~call_state() { clear(); }

void call_state::clear() noexcept {
  if (loop_ == nullptr) return;
  loop_->time->remove(*this);
  permit_.neutral();
  if (following_) loop_->core->flights().leave(follower_);
  following_ = false;
  follower_.answer.reset();
  lead_ = flight_lead();
  service_slot_.reset();
  tenant_slot_.reset();
  woken_.reset();
  fallback_.reset();
  context_.reset();
  trace_.reset();
  target_.reset();
  wait_until_.reset();
  first_event_.reset();
  result_.reset();
  trail_.clear();
  caching_ = redirected_ = retry_paid_ = streaming_ = false;
  attempts_ = attempts_before_ = 0;
  in.clear();
  drop_large(in.body);
  drop_large(wire_.body);
  loop_ = nullptr;
}

bool call_state::refuse(error why) {
  result_ = reply(std::move(why));
  return false;
}

void call_state::note(std::string_view what, std::string why) {
  if (!noting()) return;
  trail_entry& line = trail_.emplace_back();
  line.at = loop_->time->now() - started_;
  line.what = what;
  line.why = std::move(why);
}

bool call_state::begin(client::loop& on, request given, const context* ambient) {
  loop_ = &on;
  started_ = on.time->now();
  asked_ = std::move(given);
  if (std::optional<error> wrong = write_wire(asked(), wire_)) return refuse(*std::move(wrong));
  target_ = on.target(wire_.url, asked().operation());
  const profile& rules = target_->rules;
  if (!prepare_context(ambient)) return false;

  timeout_ = asked().timeout() ? saturated(*asked().timeout()) : rules.timeout;
  deadline_ = deadline(started_, timeout_, context_->deadline());
  attempt_timeout_ = rules.attempt_timeout;
  retry_ = rules.retry;
  if (asked().max_attempts()) retry_.max_attempts = *asked().max_attempts();
  idempotent_ = asked().idempotent().value_or(is_idempotent_method(wire_.method) ||
                                              wire_.fields.contains("Idempotency-Key") || rules.idempotent);
  cache_ttl_ = asked().cache_ttl() ? saturated(*asked().cache_ttl()) : rules.cache_ttl;
  caching_ = asked().use_cache().value_or(rules.use_cache) && rules.cacheable && cache_ttl_ > duration::zero();
  trace_ = context_->parent()
               ? context_->parent()->child(loop_->random)
               : trace_context::make_root(loop_->random, target_->configuration->values().telemetry.sampling);
  if (deadline_.expired(started_)) return refuse(wire_error(started_));
  return true;
}

bool call_state::begin_stream(client::loop& on, request given, const context* ambient) {
  if (!begin(on, std::move(given), ambient)) return false;
  caching_ = false;
  streaming_ = true;
  if (asked().first_event_timeout()) {
    attempt_timeout_ = saturated(*asked().first_event_timeout());
  } else if (rules().first_event_timeout > duration::zero()) {
    attempt_timeout_ = rules().first_event_timeout;
  }
  return true;
}

bool call_state::prepare_context(const context* ambient) {
  context_.emplace(wire_.fields, asked().ids(), ambient);
  if (result<void> good = context_->check(); !good) return refuse(std::move(good).error());
  if (asked().data()) {
    if (result<void> good = check_tenant(*asked().data(), context_->tenant()); !good) {
      return refuse(std::move(good).error());
    }
  }
  const bool add = target_->configuration->values().context.tenant_in_body && target_->rules.internal &&
                   wire_.method == "POST" && asked().data() && asked().data()->is_object() && !asked().body() &&
                   !asked().body_stream();
  if (!add || context_->tenant().empty()) return true;
  json::value data = *asked().data();
  add_tenant(data, context_->tenant());
  wire_.body.clear();
  append_json(wire_.body, data);
  return true;
}

void call_state::prepare_head() {
  const context_settings& settings = target_->configuration->values().context;
  const client_settings& limits = target_->configuration->values().client;
  const audience to = target_->rules.internal   ? audience::internal
                      : settings.trace_external ? audience::external_traced
                                                : audience::external;
  fields_.clear();
  context_->append_fields(fields_, to);
  out = outgoing();
  out.to = &wire_.url.endpoint();
  out.tls = &target_->rules.tls;
  out.method = wire_.method;
  out.target = wire_.url.target();
  out.authority = wire_.url.authority();
  out.fields = &fields_;
  out.has_body = wire_.has_body;
  out.body = wire_.body;
  if (asked().body_stream()) {
    out.produce = &asked().body_stream();
    out.body_length = asked().body_length();
  }
  out.connect_timeout = target_->rules.connect_timeout;
  out.max_body_bytes = limits.max_body_bytes;
  out.max_head_bytes = static_cast<std::uint32_t>(limits.max_head_bytes);
}

cache_key call_state::make_key() const {
  cache_key_parts parts;
  parts.method = wire_.method;
  parts.url = asked().url();
  parts.data = asked().data() ? &*asked().data() : nullptr;
  if (asked().body()) parts.body = *asked().body();
  parts.content_type = asked().content_type();
  // What is sent, not what is known: an external service gets no ids, so its answer can't depend on them. The tenant
  // counts all the same: tenants never share an answer.
  parts.tenant = context_->tenant();
  if (target_->rules.internal) {
    parts.agent = context_->agent();
    parts.conversation = context_->conversation();
    parts.collection = context_->collection();
  }
  parts.scope = target_->rules.cache_scope;
  parts.authorization = wire_.fields.get("Authorization").value_or(std::string_view());
  parts.fields = &wire_.fields;
  parts.vary = target_->rules.vary;
  return key_for(parts);
}

bool call_state::answer_from_cache() {
  if (!caching_) return false;
  cache& answers = loop_->core->answers();
  key_ = make_key();
  ticket_ = answers.ticket();
  std::optional<cache_hit> hit =
      answers.find(key_, context_->tenant(), started_, loop_->random.uniform(), target_->rules.stale_if_error);
  if (!hit) return false;
  if (hit->stale || hit->refresh_early) {
    fallback_ = std::move(hit);
    note("cache", fallback_->stale ? "expired, kept in case the call fails" : "about to expire, refreshed early");
    return false;
  }
  take_cached(*hit->value, cache_use::fresh, hit->age);
  note("cache", "fresh");
  return true;
}

void call_state::take_cached(const reply& kept, cache_use how, duration age) {
  result_ = kept;
  result_->call().cached = how;
  result_->call().age = age;
}

bool call_state::follow_flight() {
  if (!caching_) return false;
  follower_.woken = &rearm();
  lead_ = loop_->core->flights().join(key_, context_->tenant(), ticket_, follower_);
  following_ = !lead_;
  return following_;
}

bool call_state::take_flight(bool cancelled) {
  flight_table& flights = loop_->core->flights();
  lead_ = flights.take_lead(follower_);
  if (!lead_) flights.leave(follower_);
  following_ = false;
  if (cancelled) {
    lead_ = flight_lead();
    refuse(error(error_code::cancelled, "the caller cancelled while it waited for another call's answer"));
    return true;
  }
  const time_point now = loop_->time->now();
  if (lead_ && !deadline_.expired(now)) {
    note("flight", "the call that was followed gave up; this one goes on itself");
    return false;
  }
  if (follower_.answer == nullptr) {
    lead_ = flight_lead();
    refuse(wire_error(now));
    return true;
  }
  take_cached(*follower_.answer, cache_use::shared, duration::zero());
  note("flight", "shared the answer of another call");
  return true;
}

bool call_state::enter_limits() {
  tenant_slot_ = loop_->core->tenants().enter(context_->tenant());
  if (!tenant_slot_) return refuse(limit_error("tenant", context_->tenant()));
  service_slot_ = target_->to->in_flight().enter();
  if (!service_slot_) return refuse(limit_error("service", target_->rules.service));
  return true;
}

reply call_state::finish(std::uint64_t stream_events) {
  const time_point now = loop_->time->now();
  if (!result_) result_.emplace();  // a stream that came to its end
  if (!result_->success()) {
    error& why = result_->error();
    if (why.timestamp == wall_time()) why.timestamp = loop_->time->wall_now();
  }
  // Followers get the failure as it is: each has a kept answer of its own to fall back on, or none.
  if (caching_) keep_answer(now);
  if (!result_->success() && fallback_ && result_->error().retryable && now < fallback_->usable_until) {
    note("cache", "the call failed; the kept answer stands in");
    // It may have expired while the call was tried.
    take_cached(*fallback_->value, now < fallback_->expires ? cache_use::fresh : cache_use::stale,
                fallback_->age + (now - started_));
  }
  call_info& info = result_->call();
  info.operation = asked().operation();
  info.attempts = attempts_;
  info.elapsed = now - started_;
  if (target_ != nullptr) {
    info.service = target_->rules.service;
    info.breaker = target_->guard->state(now);
  }
  info.trace_id.clear();
  if (trace_) {
    std::array<char, 32> text{};
    info.trace_id = trace_->format_trace_id(text);
  }
  if (target_ != nullptr) tell_call(now, stream_events);
  result_->trail() = std::move(trail_);
  return *std::move(result_);
}

void call_state::keep_answer(time_point now) {
  if (!lead_) return;
  if (!result_->success()) {
    // What befell this caller alone is no answer for the others: the next of them tries.
    const error_code code = result_->error().code;
    if (code == error_code::cancelled || code == error_code::timeout_error) {
      lead_ = flight_lead();
    } else {
      lead_.land(std::make_shared<const reply>(*result_), place());
    }
    return;
  }
  auto shared = std::make_shared<const reply>(*result_);
  if (storable(*shared)) {
    cache_tags tags;
    tags.tenant = context_->tenant();
    tags.service = target_->rules.service;
    tags.operation = target_->rules.operation;
    tags.collection = context_->collection();
    cache_lifetime life;
    life.ttl = cache_ttl_;
    life.keep_stale = target_->rules.stale_if_error;
    life.cost = now - started_;
    loop_->core->answers().store(key_, tags, shared, now, life, ticket_);
  }
  lead_.land(shared, place());
}

}  // namespace enlace
