#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/ambient.hpp>
#include <enlace/health_registry.hpp>

#include "client/loop.hpp"
#include "net/cancelled.hpp"
#include "net/signal.hpp"
#include "policy/deadline.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

/// One check: who waits for it, and later what came of it.
struct shared_check {
  /// By when it has ended by itself.
  time_point ends;
  std::vector<signal*> waiting;
  std::optional<health_report> outcome;
  /// Of the outcome.
  time_point fresh_until{};
};

/// A place among those who wait, while it lives.
class place_at_check {
 public:
  explicit place_at_check(shared_check& of) : of_(of) { of_.waiting.push_back(&woken); }
  place_at_check(const place_at_check&) = delete;
  place_at_check& operator=(const place_at_check&) = delete;
  ~place_at_check() { std::erase(of_.waiting, &woken); }

  signal woken;

 private:
  shared_check& of_;
};

health_report unavailable_since(const std::string& name, std::string why) {
  health_report made;
  made.service = name;
  made.why = std::move(why);
  return made;
}

}  // namespace

/// Shared with the checks under way and with those who wait for them.
class health_registry::state {
 public:
  state(std::shared_ptr<client::loop> on, const health_registry_options& options) : loop(std::move(on)), how(options) {}

  static asio::awaitable<std::vector<health_report>> ask(std::shared_ptr<state> self, std::vector<std::size_t> which,
                                                         duration timeout);
  static asio::awaitable<health_report> ask_one(std::shared_ptr<state> self, std::string name, duration timeout);

  std::shared_ptr<client::loop> loop;
  health_registry_options how;
  std::vector<health_dependency> all;
  /// For each of them the latest check, under way or ended; null before the first.
  std::vector<std::shared_ptr<shared_check>> latest;

 private:
  [[nodiscard]] std::shared_ptr<shared_check> check_for(std::size_t index, const asio::any_io_executor& executor,
                                                        duration timeout);
  [[nodiscard]] std::shared_ptr<shared_check> begin(const health_dependency& of, const asio::any_io_executor& executor,
                                                    duration time) const;
};

/// The one that is under way or fresh, else a new one.
std::shared_ptr<shared_check> health_registry::state::check_for(std::size_t index,
                                                                const asio::any_io_executor& executor,
                                                                duration timeout) {
  std::shared_ptr<shared_check>& last = latest[index];
  if (last != nullptr && (!last->outcome || loop->time->now() < last->fresh_until)) return last;
  last = begin(all[index], executor, std::max(how.timeout, timeout));
  return last;
}

std::shared_ptr<shared_check> health_registry::state::begin(const health_dependency& of,
                                                            const asio::any_io_executor& executor,
                                                            duration time) const {
  auto made = std::make_shared<shared_check>();
  made->ends = saturated_add(loop->time->now(), std::max(time, duration::zero()));
  auto land = [made, with = loop->time, keep = how.keep, name = of.name](const std::exception_ptr& raised,
                                                                         health_report found) {
    made->outcome = raised ? unavailable_since(name, "it could not be asked") : std::move(found);
    made->fresh_until = saturated_add(with->now(), std::max(keep, duration::zero()));
    for (signal* each : made->waiting) each->fire();
  };
  // On nobody's behalf: a context would bring its deadline, and its tenant, to a check that is shared.
  asio::co_spawn(unbind_context(executor), client::loop::health(loop, of.url.to_string(), of.name, time),
                 std::move(land));
  return made;
}

asio::awaitable<std::vector<health_report>> health_registry::state::ask(std::shared_ptr<state> self,
                                                                        std::vector<std::size_t> which,
                                                                        duration timeout) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  const context* ambient = ambient_context(executor);
  const time_point began = self->loop->time->now();
  const deadline until(began, std::max(timeout, duration::zero()),
                       ambient != nullptr ? ambient->deadline() : std::nullopt);
  // All are begun before the first is waited for.
  std::vector<std::shared_ptr<shared_check>> asked;
  for (const std::size_t index : which) asked.push_back(self->check_for(index, executor, timeout));

  std::vector<health_report> said;
  for (std::size_t i = 0; i < which.size(); ++i) {
    shared_check& of = *asked[i];
    // A wait that begins after the cancellation isn't woken by it, hence the look before each.
    if (!of.outcome && !is_cancelled(cancellation)) {
      place_at_check place(of);
      std::optional<clock_wait> limit;
      // One that ends no later than this asker's patience gives the better reason.
      if (until.when() < of.ends) limit.emplace(*self->loop->time, place.woken, until.when());
      co_await place.woken.async_wait(asio::deferred);
    }
    if (of.outcome) {
      said.push_back(*of.outcome);
      continue;
    }
    const char* why = is_cancelled(cancellation) ? "the check was cancelled" : "no answer in time";
    said.push_back(unavailable_since(self->all[which[i]].name, why));
    said.back().latency = self->loop->time->now() - began;
  }
  co_return said;
}

asio::awaitable<health_report> health_registry::state::ask_one(std::shared_ptr<state> self, std::string name,
                                                               duration timeout) {
  const auto found = std::ranges::find(self->all, name, &health_dependency::name);
  if (found == self->all.end()) co_return unavailable_since(name, "no service of that name is registered");
  std::vector<std::size_t> which{static_cast<std::size_t>(found - self->all.begin())};
  std::vector<health_report> said = co_await ask(std::move(self), std::move(which), timeout);
  co_return std::move(said.front());
}

health_registry::health_registry(client& by) : health_registry(by, health_registry_options()) {}
health_registry::health_registry(client& by, const health_registry_options& options)
    : state_(std::make_shared<state>(by.loop_, options)) {}
health_registry::~health_registry() = default;
health_registry::health_registry(health_registry&& other) noexcept = default;
health_registry& health_registry::operator=(health_registry&& other) noexcept = default;

void health_registry::add(std::string name, std::string_view url_text, bool required) {
  if (std::ranges::find(state_->all, name, &health_dependency::name) != state_->all.end()) {
    throw std::invalid_argument("a dependency named '" + name + "' is there already");
  }
  url where = url::parse(url_text).value();
  state_->latest.push_back(nullptr);
  state_->all.push_back({std::move(name), std::move(where), required});
}

const std::vector<health_dependency>& health_registry::dependencies() const noexcept { return state_->all; }

asio::awaitable<std::vector<health_report>> health_registry::check_all(duration timeout) {
  std::vector<std::size_t> which(state_->all.size());
  for (std::size_t i = 0; i < which.size(); ++i) which[i] = i;
  return state::ask(state_, std::move(which), timeout);
}

asio::awaitable<health_report> health_registry::check(std::string name, duration timeout) {
  return state::ask_one(state_, std::move(name), timeout);
}

}  // namespace enlace
