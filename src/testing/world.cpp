#include <algorithm>
#include <array>
#include <cstdio>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/deferred.hpp>
#include <enlace/ambient.hpp>
#include <enlace/testing/world.hpp>

#include "net/signal.hpp"
#include "testing/network.hpp"
#include "testing/promises.hpp"

namespace enlace::testing {

namespace asio = boost::asio;

namespace {

/// As behaviour has it, written anew: what checks the library must not ask the library.
bool repeats_safely(const request& asked, const profile& rules) {
  static constexpr std::array<std::string_view, 6> safe{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  if (asked.idempotent()) return *asked.idempotent();
  return std::find(safe.begin(), safe.end(), asked.method()) != safe.end() || !asked.idempotency_key().empty() ||
         asked.headers().contains("Idempotency-Key") || rules.idempotent;
}

std::string in_seconds(duration d) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%10.4f s", std::chrono::duration<double>(d).count());
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string sentence(const started& call, const char* begins) {
  std::string text = "call " + std::to_string(call.id) + begins + call.method + ' ' + call.url;
  if (!call.tenant.empty()) text += " for " + call.tenant;
  text += call.idempotent ? ", idempotent" : ", not idempotent";
  text += ", at most " + std::to_string(call.max_attempts) + " attempts in " + in_seconds(call.deadline - call.began);
  return text;
}

std::string ending(const started_call& call) {
  const reply& got = *call.answer;
  std::string text = "call " + std::to_string(call.id) + " ends: ";
  text += got.success() ? "success" : std::string(facts_of(got.error().code).name) + ", " + got.error().message;
  if (got.call().cached != cache_use::none)
    text += ", from the cache (" + std::string(name_of(got.call().cached)) + ")";
  return text + ", " + std::to_string(got.call().attempts) + " attempts";
}

}  // namespace

void started::cancel(time_point now) {
  if (over() || cancelled_at) return;
  cancelled_at = now;
  cancel_.emit(asio::cancellation_type::terminal);
}

/// What was planned, until it happens.
class world::event final : public waiter {
 public:
  event(world& in, std::string what, std::function<void()> happens)
      : world_(in), what_(std::move(what)), happens_(std::move(happens)) {}
  event(const event&) = delete;
  event& operator=(const event&) = delete;
  ~event() { world_.time_->remove(*this); }
  void on_due() noexcept override {
    if (world_.keeps_trail()) world_.note("* " + what_);
    happens_();
  }

 private:
  world& world_;
  std::string what_;
  std::function<void()> happens_;
};

world::world(std::uint64_t seed)
    : seed_(seed),
      random_(seed),
      time_(std::make_shared<virtual_clock>(std::chrono::milliseconds(5))),
      began_(time_->now()),
      network_(std::make_shared<network>(time_, seed)),
      promises_(std::make_shared<promises>(*this)) {
  network_->watch(*this);
  observers_.push_back(promises_);
}

world::~world() {
  network_->leave();
  events_.clear();
}

void world::configure(settings values) {
  configuration_ = options::make(std::move(values)).value();
  if (core_ == nullptr) {
    core_ = make_core(*configuration_, seed_);
  } else {
    caller().reload(*configuration_);
  }
}

client& world::caller(std::size_t index) {
  if (core_ == nullptr) configure(settings());
  while (clients_.size() <= index) {
    clients_.push_back(
        std::make_unique<client>(core_, time_, std::make_unique<network_transport>(network_), seed_ + clients_.size()));
  }
  return *clients_[index];
}

service& world::at(std::string_view authority) { return network_->at(authority); }

std::string world::service_name(std::string_view authority) const {
  const result<url> where = url::parse("http://" + std::string(authority));
  return where && configuration_ ? configuration_->service_of(where->endpoint()) : std::string(authority);
}

void world::describe(started& made, const request& asked, const std::optional<context>& ambient, const char* begins) {
  made.id = ++calls_;
  made.method = asked.method();
  made.url = asked.url();
  made.operation = asked.operation();
  profile rules;
  if (const result<url> where = url::parse(asked.url())) {
    rules = configuration_->resolve(where->endpoint(), asked.operation());
  }
  const context ids = ambient ? asked.ids().over(*ambient) : asked.ids();
  if (rules.internal && ids.tenant() && *ids.tenant() != "default") made.tenant = *ids.tenant();
  made.idempotent = repeats_safely(asked, rules);
  made.max_attempts = asked.max_attempts().value_or(rules.retry.max_attempts);
  made.began = time_->now();
  const duration whole = asked.timeout() ? std::chrono::duration_cast<duration>(*asked.timeout()) : rules.timeout;
  made.deadline = made.began + whole;
  if (ambient && ambient->deadline()) made.deadline = std::min(made.deadline, *ambient->deadline());
  if (keeps_trail_) note(sentence(made, begins));
}

std::shared_ptr<started_call> world::start(request asked, std::optional<context> ambient, std::size_t client_index) {
  client& by = caller(client_index);
  auto call = std::make_shared<started_call>();
  describe(*call, asked, ambient, " begins: ");
  static_cast<promises&>(*promises_).begin(call);
  tell(&observer::on_call, *call);
  asked.header("X-Simulated-Call", std::to_string(call->id));
  asio::any_io_executor executor = loop_.get_executor();
  if (ambient) executor = bind_context(executor, *ambient);
  asio::co_spawn(executor, by.call(std::move(asked)),
                 asio::bind_cancellation_slot(call->cancel_.slot(), [this, call](std::exception_ptr raised, reply r) {
                   if (raised) std::rethrow_exception(raised);
                   ended(*call, std::move(r));
                 }));
  return call;
}

void world::ended(started_call& which, reply given) {
  if (which.over()) violated("one reply", "call " + std::to_string(which.id) + " has two");
  which.answer = std::move(given);
  which.ended = time_->now();
  if (keeps_trail_) note(ending(which));
  tell(&observer::on_reply, which);
}

reply world::call(request asked, std::optional<context> ambient) {
  const std::shared_ptr<started_call> made = start(std::move(asked), std::move(ambient));
  run();
  if (!made->answer) throw std::logic_error("a promise was broken before the call ended; see violations()");
  return *made->answer;
}

void world::run(asio::awaitable<void> coroutine) {
  std::exception_ptr raised;
  asio::co_spawn(loop_, std::move(coroutine), [&raised](std::exception_ptr e) { raised = e; });
  run();
  if (raised) std::rethrow_exception(raised);
}

void world::spawn(asio::awaitable<void> coroutine) {
  asio::co_spawn(loop_, std::move(coroutine), [](std::exception_ptr raised) {
    if (raised) std::rethrow_exception(raised);
  });
}

asio::awaitable<void> world::sleep(duration span) {
  signal woken;
  const clock_wait wait(*time_, woken, time_->now() + span);
  // A timer of the world, not of the program under test: at its very moment.
  time_->add_exactly(woken, time_->now() + span);
  co_await woken.async_wait(asio::deferred);
}

void world::plan(duration when, std::string what, std::function<void()> happens) {
  const std::size_t number = planned_++;
  if (number < left_out_.size() && left_out_[number]) return;
  events_.push_back(std::make_unique<event>(*this, std::move(what), std::move(happens)));
  time_->add_exactly(*events_.back(), began_ + when);
}

void world::run() { run_until(time_point::max()); }

void world::run_for(duration span) {
  const time_point until = time_->now() + span;
  run_until(until);
  if (violations_.empty() && time_->now() < until) time_->advance(until - time_->now());
}

void world::run_until(time_point limit) {
  do {
    loop_.restart();
    while (loop_.poll() != 0) {
    }
    tell(&observer::after_event);
  } while (violations_.empty() && time_->step(limit));
}

void world::suspend(duration span) {
  time_->advance(span);
  resumed_ = time_->now();
}

void world::violated(std::string promise, std::string what) {
  if (keeps_trail_) note("! " + promise + ": " + what);
  violations_.push_back(violation{std::move(promise), std::move(what), elapsed()});
}

int world::in_flight() const noexcept { return network_->in_flight(); }

void world::check_end() {
  const std::size_t open = static_cast<promises&>(*promises_).open();
  if (open != 0) violated("one reply", std::to_string(open) + " calls never end");
  if (in_flight() != 0) violated("nothing left", std::to_string(in_flight()) + " attempts are still in flight");
  if (time_->waiting() != 0) violated("nothing left", std::to_string(time_->waiting()) + " timers still run");
}

void world::note(std::string line) {
  if (keeps_trail_) trail_.push_back(in_seconds(elapsed()) + "  " + std::move(line));
}

}  // namespace enlace::testing
