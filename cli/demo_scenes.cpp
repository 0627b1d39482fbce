#include <chrono>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <enlace/ambient.hpp>

#include "cli/demo_stage.hpp"
#include "config/duration_text.hpp"

namespace enlace::cli {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

std::string took(const reply& answer) {
  return format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(answer.call().elapsed));
}

std::string_view text_of(const json::value& data, std::string_view name) {
  const json::object* fields = data.if_object();
  const json::value* found = fields == nullptr ? nullptr : fields->if_contains("headers");
  const json::value* value = found == nullptr || !found->is_object() ? nullptr : found->get_object().if_contains(name);
  return value == nullptr || !value->is_string() ? std::string_view() : std::string_view(value->get_string());
}

asio::awaitable<void> pause(duration time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::deferred);
}

/// One of many equal calls; the last one rings.
asio::awaitable<void> one_of_many(demo_stage& stage, request asked, int& left, asio::steady_timer& bell) {
  const reply answer = co_await stage.call(std::move(asked));
  if (answer.success()) --left;
  if (left == 0) bell.cancel();
}

/// Makes `count` equal calls at once, half of them for each of two tenants. True when all succeed within 5 s.
asio::awaitable<bool> all_at_once(demo_stage& stage, std::string url, int count) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer bell(executor, 5s);
  int left = count;
  for (int i = 0; i < count; ++i) {
    request asked = get(url);
    asked.use_cache().tenant(i % 2 == 0 ? "acme" : "globex");
    asio::co_spawn(executor, one_of_many(stage, std::move(asked), left, bell), asio::detached);
  }
  boost::system::error_code rung;
  co_await bell.async_wait(asio::redirect_error(asio::use_awaitable, rung));
  co_return left == 0;
}

}  // namespace

asio::awaitable<bool> show_retry(demo_stage& stage) {
  stage.heading("A service that fails twice, then works");
  stage.say("GET /flaky?fail=2");
  const reply answer = co_await stage.call(get(stage.url("/flaky?fail=2&key=flaky")));
  bool good = stage.show(answer.success(), "the caller sees a success after " + took(answer));
  good &=
      stage.show(answer.call().attempts == 3 && stage.hits("flaky") == 3, "it took 3 attempts, with waits that vary");
  co_return good;
}

asio::awaitable<bool> show_retry_after(demo_stage& stage) {
  stage.heading("A service that says when to come back");
  stage.say("GET /flaky?fail=1&status=503&retry_after=1");
  const reply answer = co_await stage.call(get(stage.url("/flaky?fail=1&status=503&retry_after=1&key=later")));
  bool good =
      stage.show(answer.success() && answer.call().elapsed >= 1s, "Retry-After of 1 s is kept: " + took(answer));
  good &= stage.show(stage.hits("later") == 2, "the upstream was asked twice, not hammered");
  co_return good;
}

asio::awaitable<bool> show_deadline(demo_stage& stage) {
  stage.heading("A service that drips a byte every 100 ms, for a minute");
  stage.say("GET /drip with a timeout of 500 ms for the whole call");
  request asked = get(stage.url("/drip?bytes=600&interval_ms=100&key=drip"));
  asked.timeout(500ms);
  const reply answer = co_await stage.call(std::move(asked));
  const bool timed_out = !answer.success() && answer.error().code == error_code::timeout_error;
  co_return stage.show(timed_out && answer.call().elapsed < 1s, "the reply is there after " + took(answer));
}

asio::awaitable<bool> show_breaker(demo_stage& stage) {
  stage.heading("A service that is down, and what its callers are spared");
  stage.say("25 calls, one after the other, to a service that answers 503");
  for (int i = 0; i < 25; ++i) {
    co_await stage.call(get(stage.fragile_url("/status/503?key=down")).max_attempts(1));
  }
  bool good = stage.show(stage.hits("down") == 5, "after 5 failures in a row the breaker opens: 20 calls never left");
  stage.say("its cool-down is over after 1 s; the service is well again");
  co_await pause(1100ms);
  int succeeded = 0;
  for (int i = 0; i < 4; ++i) {
    const reply answer = co_await stage.call(get(stage.fragile_url("/echo?key=well")));
    succeeded += answer.success() ? 1 : 0;
  }
  bool closed = false;
  for (const breaker_report& each : stage.caller().breakers()) {
    if (each.service == "fragile") closed = each.state == breaker_state::closed;
  }
  good &= stage.show(succeeded == 4 && closed, "three probes pass, and it closes");
  co_return good;
}

asio::awaitable<bool> show_stampede(demo_stage& stage) {
  stage.heading("100 callers want the same answer at once");
  stage.say("GET /delay/200, 50 times for tenant acme and 50 times for tenant globex");
  const std::string url = stage.url("/delay/200?key=stampede");
  bool good = co_await all_at_once(stage, url, 100);
  const std::uint64_t hits = stage.hits("stampede");
  good &= stage.show(hits == 2, "the upstream saw " + std::to_string(hits) + " requests: one for each tenant");
  const reply again = co_await stage.call(get(url).use_cache().tenant("acme"));
  good &= stage.show(
      again.call().cached == cache_use::fresh && stage.hits("stampede") == 2,
      "the next caller is answered from the cache in " +
          std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(again.call().elapsed).count()) + " us");
  co_return good;
}

asio::awaitable<bool> show_context(demo_stage& stage) {
  stage.heading("On whose behalf");
  stage.say("POST /echo under the ambient context of tenant acme, agent a-7");
  context ids;
  ids.tenant("acme").agent("a-7");
  const reply answer = co_await with_context(ids, stage.call(post(stage.url("/echo")).data(object("text", "hola"))));
  const json::value& data = answer.data();
  bool good = stage.show(text_of(data, "x-tenant-id") == "acme" && text_of(data, "x-agent-id") == "a-7",
                         "X-Tenant-ID and X-Agent-ID arrived, though the call did not name them");
  good &= stage.show(
      !text_of(data, "x-enlace-timeout-ms").empty() && !text_of(data, "traceparent").empty(),
      "so did the time that is left, " + std::string(text_of(data, "x-enlace-timeout-ms")) + " ms, and the trace");
  co_return good;
}

asio::awaitable<bool> show_post(demo_stage& stage) {
  stage.heading("What must not run twice");
  stage.say("POST /status/500: did it run before it failed? Nobody knows");
  const reply once = co_await stage.call(post(stage.url("/status/500?key=once")).data(object("charge", 100)));
  bool good = stage.show(!once.success() && stage.hits("once") == 1, "it was sent once, and the caller is told");
  stage.say("the same with an idempotency key, which lets the service tell a repetition");
  request keyed = post(stage.url("/flaky?fail=1&status=500&key=keyed"));
  keyed.data(object("charge", 100)).idempotency_key("order-17");
  const reply again = co_await stage.call(std::move(keyed));
  good &= stage.show(again.success() && stage.hits("keyed") == 2, "it was sent again, and succeeded");
  co_return good;
}

}  // namespace enlace::cli
