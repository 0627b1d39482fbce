// Random histories of the real pipeline in virtual time. One seed, one history: ENLACE_SEED=N replays it, and
// ENLACE_SEEDS=N runs that many.

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include <enlace/random.hpp>
#include <gtest/gtest.h>

#include "pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

/// One caller's call, and what the services did of it.
struct call_record {
  std::string tenant;
  bool idempotent = false;
  bool cancelled = false;
  int max_attempts = 3;
  time_point started{};
  duration timeout{};
  int executed = 0;
  int attempts = 0;
  std::shared_ptr<pipeline::pending> result;
};

class history {
 public:
  explicit history(std::uint64_t seed) : random_(seed), p_(rules(random_), seed) {
    p_.answer = [this](const sent_attempt& attempt) { return serve(attempt); };
  }

  void run() {
    const std::uint64_t calls = 10 + random_.below(30);
    std::multimap<duration, std::size_t> cancellations;
    for (std::uint64_t i = 0; i < calls; ++i) {
      p_.run_for(std::chrono::milliseconds(random_.below(300)));
      records_.emplace_back();
      begin(records_.size() - 1);
      if (random_.below(5) == 0) {
        p_.run_for(std::chrono::milliseconds(random_.below(200)));
        cancel(random_.below(records_.size()));
      }
    }
    p_.run();
    check();
  }

 private:
  static settings rules(random_source& random) {
    settings values;
    for (const char* name : {"alpha", "beta"}) {
      service_settings& each = values.services[name];
      each.hosts = {std::string(name) + ":80"};
      each.breaker.consecutive_failures = static_cast<int>(2 + random.below(6));
      each.breaker.cool_down = std::chrono::milliseconds(100 + random.below(3000));
      each.stale_if_error = random.below(2) == 0 ? 0s : 60s;
      if (random.below(3) == 0) each.attempt_timeout = std::chrono::milliseconds(50 + random.below(500));
      if (random.below(4) == 0) each.max_in_flight = static_cast<int>(1 + random.below(4));
    }
    if (random.below(4) == 0) values.limits.tenant_in_flight = static_cast<int>(1 + random.below(3));
    return values;
  }

  void begin(std::size_t id) {
    call_record& made = records_[id];
    made.tenant = random_.below(2) == 0 ? "acme" : "globex";
    made.idempotent = random_.below(2) == 0;
    made.max_attempts = static_cast<int>(1 + random_.below(5));
    made.timeout = std::chrono::milliseconds(50 + random_.below(4000));
    made.started = p_.time->now();
    const std::string host = random_.below(2) == 0 ? "http://alpha:80/x" : "http://beta:80/x";
    request asked = made.idempotent ? get(host) : post(host);
    asked.tenant(made.tenant).timeout(made.timeout).max_attempts(made.max_attempts);
    // Calls that may share an answer have no id of their own.
    const bool shares = made.idempotent && random_.below(3) == 0;
    if (shares) {
      asked.use_cache().cache_ttl(std::chrono::milliseconds(1 + random_.below(2000)));
    } else {
      asked.header("X-Call", std::to_string(id));
    }
    made.result = p_.start(std::move(asked));
  }

  void cancel(std::size_t id) {
    call_record& which = records_[id];
    if (which.result->answer) return;
    which.cancelled = true;
    which.result->cancel.emit(boost::asio::cancellation_type::terminal);
  }

  scripted_answer serve(const sent_attempt& attempt) {
    EXPECT_LT(attempt.at, attempt.deadline) << "an attempt past its deadline";
    const std::string tenant(attempt.fields.get("X-Tenant-ID").value_or("none"));
    call_record* of = nullptr;
    if (const auto id = attempt.fields.get("X-Call")) of = &records_[std::stoul(std::string(*id))];
    if (of != nullptr) {
      EXPECT_EQ(of->tenant, tenant) << "another tenant's header";
      ++of->attempts;
    }
    scripted_answer answer = outcome();
    const bool ran = answer.failure == wire_failure::none ? answer.status < 300 || answer.status >= 500
                                                          : answer.failure == wire_failure::truncated;
    const bool refused = answer.fields.contains("Retry-After");
    if (ran && !refused && of != nullptr) ++of->executed;
    if (answer.status == 200 && answer.failure == wire_failure::none) answer.body = "{\"tenant\":\"" + tenant + "\"}";
    return answer;
  }

  scripted_answer outcome() {
    const duration latency = std::chrono::milliseconds(1 + random_.below(random_.below(8) == 0 ? 6000 : 100));
    scripted_answer made;
    switch (random_.below(12)) {
      case 0:
        made = scripted_answer::broken(wire_failure::refused, false);
        break;
      case 1:
        made = scripted_answer::broken(wire_failure::reset, true);
        break;
      case 2:
        made = scripted_answer::broken(wire_failure::truncated, true);
        break;
      case 3:
        made = scripted_answer(503).with("Retry-After", std::to_string(random_.below(3)));
        break;
      case 4:
        made = scripted_answer(429).with("Retry-After", "1");
        break;
      case 5:
        made = scripted_answer(500);
        break;
      case 6:
        made = scripted_answer(404);
        break;
      default:
        made = scripted_answer(200);
        break;
    }
    made.latency = latency;
    return made;
  }

  void check() {
    for (const call_record& each : records_) {
      ASSERT_TRUE(each.result->answer.has_value()) << "a call without a reply";
      const reply& r = *each.result->answer;
      EXPECT_LE(each.result->ended - each.started, each.timeout + 20ms) << "a reply after the deadline";
      EXPECT_LE(r.call().attempts, each.max_attempts);
      EXPECT_LE(each.attempts, each.max_attempts);
      if (!each.idempotent) {
        EXPECT_LE(each.executed, 1) << "run twice";
      }
      if (r.success()) {
        EXPECT_EQ(r.data().at("tenant").as_string(), each.tenant) << "another tenant's answer";
      }
      if (!r.success() && r.error().code == error_code::cancelled) {
        EXPECT_TRUE(each.cancelled);
      }
    }
    EXPECT_EQ(p_.time->waiting(), 0U) << "somebody still waits";
    everything_came_back();
  }

  /// With nobody in flight, limits of one admit everyone in turn.
  void everything_came_back() {
    settings tight;
    tight.limits.tenant_in_flight = 1;
    for (const char* name : {"alpha", "beta"}) {
      service_settings& each = tight.services[name];
      each.hosts = {std::string(name) + ":80"};
      each.max_in_flight = 1;
    }
    p_.caller->reload(options::make(std::move(tight)).value());
    for (const char* tenant : {"acme", "globex"}) {
      for (const char* host : {"http://alpha:80/x", "http://beta:80/x"}) {
        const reply r = p_.call(get(host).tenant(tenant).max_attempts(1));
        if (!r.success()) {
          EXPECT_FALSE(r.error().details.contains("limit")) << "a place was not given back";
        }
      }
    }
  }

  random_source random_;
  pipeline p_;
  std::vector<call_record> records_ = reserved();

  static std::vector<call_record> reserved() {
    std::vector<call_record> made;
    made.reserve(64);
    return made;
  }
};

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(PipelineSimulation, KeepsItsPromisesWhateverHappens) {
  const std::uint64_t one = number_from("ENLACE_SEED", 0);
  const std::uint64_t count = one != 0 ? 1 : number_from("ENLACE_SEEDS", 3000);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t seed = one != 0 ? one : i + 1;
    history(seed).run();
    ASSERT_FALSE(HasFailure()) << "replay with ENLACE_SEED=" << seed;
  }
}

}  // namespace
}  // namespace enlace::test
