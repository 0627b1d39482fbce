#include <enlace/health_registry.hpp>
#include <gtest/gtest.h>

#include "pipeline.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

/// What one asker got, and when.
class pending_health {
 public:
  std::vector<health_report> said;
  std::optional<time_point> ended;
  asio::cancellation_signal cancel;
};

class HealthRegistry : public ::testing::Test {
 protected:
  /// `begin` gives one report or many.
  template <class T>
  std::shared_ptr<pending_health> start(asio::awaitable<T> asked, std::optional<context> ambient = std::nullopt) {
    auto made = std::make_shared<pending_health>();
    asio::any_io_executor executor = p.loop.get_executor();
    if (ambient) executor = bind_context(executor, *ambient);
    auto done = [this, made](std::exception_ptr raised, T got) {
      if (raised) std::rethrow_exception(raised);
      if constexpr (std::is_same_v<T, health_report>) {
        made->said.push_back(std::move(got));
      } else {
        made->said = std::move(got);
      }
      made->ended = p.time->now();
    };
    asio::co_spawn(executor, std::move(asked), asio::bind_cancellation_slot(made->cancel.slot(), std::move(done)));
    return made;
  }
  template <class T>
  std::shared_ptr<pending_health> run(asio::awaitable<T> asked) {
    auto made = start(std::move(asked));
    p.run();
    return made;
  }
  [[nodiscard]] time_point now() const { return p.time->now(); }

  pipeline p;
  health_registry registry{*p.caller};
};

TEST_F(HealthRegistry, AsksOnceAndKeepsTheAnswerForASecond) {
  registry.add("rag", "http://rag:8000/");
  p.otherwise = scripted_answer(200, R"({"status":"degraded","components":{"db":{"status":"slow"}}})").after(20ms);
  const auto first = run(registry.check("rag"));
  ASSERT_EQ(first->said.size(), 1U);
  EXPECT_EQ(first->said[0].service, "rag");
  EXPECT_EQ(first->said[0].status, health_status::degraded);
  EXPECT_EQ(first->said[0].latency, 20ms);
  EXPECT_TRUE(first->said[0].components.contains("db"));
  EXPECT_EQ(p.sent().at(0).target, "/health");

  p.time->advance(999ms);
  const time_point asked = now();
  const auto second = run(registry.check("rag"));
  EXPECT_EQ(second->said.at(0).status, health_status::degraded);
  EXPECT_EQ(second->said.at(0).latency, 20ms);
  EXPECT_EQ(*second->ended, asked);
  EXPECT_EQ(p.sent().size(), 1U);

  p.time->advance(1ms);
  p.otherwise = scripted_answer(503);
  EXPECT_EQ(run(registry.check("rag"))->said.at(0).status, health_status::unavailable);
  EXPECT_EQ(p.sent().size(), 2U);
  // A bad answer is kept as well.
  EXPECT_EQ(run(registry.check("rag"))->said.at(0).status, health_status::unavailable);
  EXPECT_EQ(p.sent().size(), 2U);
}

TEST_F(HealthRegistry, KeepsNothingWhenToldSo) {
  health_registry_options options;
  options.keep = duration::zero();
  registry = health_registry(*p.caller, options);
  registry.add("rag", "http://rag:8000");
  run(registry.check("rag"));
  run(registry.check("rag"));
  EXPECT_EQ(p.sent().size(), 2U);
}

TEST_F(HealthRegistry, ManyAskersShareOneCheck) {
  registry.add("rag", "http://rag:8000");
  p.otherwise.after(100ms);
  std::vector<std::shared_ptr<pending_health>> askers;
  for (int i = 0; i < 20; ++i) {
    askers.push_back(start(registry.check("rag")));
    askers.push_back(start(registry.check_all()));
  }
  p.run_for(50ms);
  for (int i = 0; i < 20; ++i) askers.push_back(start(registry.check("rag")));
  p.run_for(50ms);
  for (const auto& each : askers) {
    ASSERT_EQ(each->said.size(), 1U);
    EXPECT_EQ(each->said[0].status, health_status::available);
    EXPECT_EQ(each->said[0].latency, 100ms);
  }
  EXPECT_EQ(p.sent().size(), 1U);
  EXPECT_EQ(p.time->waiting(), 0U);
}

TEST_F(HealthRegistry, AsksSideBySideAndAnswersInOrder) {
  p.answer = [](const sent_attempt& attempt) {
    if (attempt.authority == "slow") return scripted_answer(200).after(300ms);
    return attempt.authority == "bad" ? scripted_answer(500).after(100ms) : scripted_answer(200).after(200ms);
  };
  registry.add("slow", "http://slow");
  registry.add("bad", "http://bad", false);
  registry.add("good", "http://good");
  const time_point asked = now();
  const auto all = run(registry.check_all());
  ASSERT_EQ(all->said.size(), 3U);
  EXPECT_EQ(*all->ended - asked, 300ms);
  EXPECT_EQ(p.wire->most_in_flight, 3);
  EXPECT_EQ(all->said[0].service, "slow");
  EXPECT_EQ(all->said[1].service, "bad");
  EXPECT_EQ(all->said[1].status, health_status::unavailable);
  EXPECT_EQ(all->said[2].status, health_status::available);
}

TEST_F(HealthRegistry, ACancelledAskerLeavesTheCheckToTheOthers) {
  registry.add("rag", "http://rag:8000");
  p.otherwise.after(100ms);
  const auto first = start(registry.check("rag"));
  const auto second = start(registry.check("rag"));
  p.run_for(40ms);
  const time_point cancelled = now();
  first->cancel.emit(asio::cancellation_type::terminal);
  p.run();
  ASSERT_TRUE(first->ended);
  EXPECT_EQ(*first->ended, cancelled);
  EXPECT_EQ(first->said.at(0).status, health_status::unavailable);
  EXPECT_EQ(first->said.at(0).why, "the check was cancelled");
  EXPECT_EQ(second->said.at(0).status, health_status::available);
  EXPECT_EQ(p.sent().size(), 1U);
}

TEST_F(HealthRegistry, ACancelledAskerOfManyWaitsForNone) {
  registry.add("a", "http://a");
  registry.add("b", "http://b");
  p.otherwise.after(100ms);
  const auto asker = start(registry.check_all());
  p.run_for(40ms);
  const time_point cancelled = now();
  asker->cancel.emit(asio::cancellation_type::terminal);
  p.run_for(1ms);
  ASSERT_EQ(asker->said.size(), 2U);
  EXPECT_EQ(*asker->ended, cancelled);
  EXPECT_EQ(asker->said[1].why, "the check was cancelled");
  // What it began goes on, and is kept.
  p.run();
  EXPECT_EQ(run(registry.check("b"))->said.at(0).status, health_status::available);
  EXPECT_EQ(p.sent().size(), 2U);
}

TEST_F(HealthRegistry, EachAskerHasItsOwnPatience) {
  registry.add("rag", "http://rag:8000");
  p.otherwise.after(200ms);
  const time_point asked = now();
  const auto hasty = start(registry.check("rag", 50ms));
  const auto patient = start(registry.check("rag"));
  p.run();
  EXPECT_EQ(*hasty->ended - asked, 50ms);
  EXPECT_EQ(hasty->said.at(0).status, health_status::unavailable);
  EXPECT_EQ(hasty->said.at(0).why, "no answer in time");
  EXPECT_EQ(hasty->said.at(0).latency, 50ms);
  EXPECT_EQ(*patient->ended - asked, 200ms);
  EXPECT_EQ(patient->said.at(0).status, health_status::available);
  EXPECT_EQ(p.sent().size(), 1U);
}

TEST_F(HealthRegistry, ACheckEndsByItsTime) {
  registry.add("rag", "http://rag:8000");
  p.otherwise.after(1h);
  time_point asked = now();
  EXPECT_EQ(run(registry.check("rag"))->said.at(0).status, health_status::unavailable);
  EXPECT_EQ(now() - asked, 5s);
  // Longer when an asker grants it.
  p.time->advance(1s);
  asked = now();
  const auto longer = run(registry.check("rag", 8s));
  EXPECT_EQ(*longer->ended - asked, 8s);
  EXPECT_EQ(p.wire->in_flight, 0);
}

TEST_F(HealthRegistry, IsAskedOnNobodysBehalfButObeysTheAskersDeadline) {
  settings values;
  values.services["rag"].internal = true;
  p.caller->reload(options::make(std::move(values)).value());
  registry.add("rag", "http://rag:8000");
  p.otherwise.after(200ms);
  const time_point asked = now();
  const auto hasty = start(registry.check("rag"), context().tenant("acme").deadline(asked + 50ms));
  p.run();
  EXPECT_EQ(*hasty->ended - asked, 50ms);
  ASSERT_EQ(p.sent().size(), 1U);
  EXPECT_FALSE(p.sent()[0].fields.contains("X-Tenant-ID"));
  EXPECT_EQ(run(registry.check("rag"))->said.at(0).status, health_status::available);
  EXPECT_EQ(p.sent().size(), 1U);
}

TEST_F(HealthRegistry, AsksAServiceWhoseBreakerIsOpen) {
  registry.add("rag", "http://rag:8000");
  p.call(get("http://rag:8000/"));
  p.caller->override_breaker("rag:8000", breaker_override::force_open);
  EXPECT_EQ(run(registry.check("rag"))->said.at(0).status, health_status::available);
}

TEST_F(HealthRegistry, MayEndBeforeItsChecksAndItsClient) {
  registry.add("rag", "http://rag:8000");
  p.otherwise.after(100ms);
  const auto asker = start(registry.check_all());
  p.run_for(50ms);
  registry = health_registry(*p.caller);
  p.caller.reset();
  p.run();
  EXPECT_EQ(asker->said.at(0).status, health_status::available);
}

TEST(HealthRegistryLoop, TakesItsAskersAlongWhenItEnds) {
  // What a sanitizer would tell: nothing leaks, nothing is touched after its end.
  for (const duration when : {0ms, 50ms}) {
    pipeline p;
    health_registry registry(*p.caller);
    registry.add("a", "http://a");
    registry.add("b", "http://b");
    p.otherwise.after(100ms);
    for (int i = 0; i < 3; ++i) {
      asio::co_spawn(p.loop, registry.check_all(), [](std::exception_ptr, const std::vector<health_report>&) {});
    }
    p.run_for(when);
  }
}

TEST_F(HealthRegistry, SaysWhatItCannotTake) {
  registry.add("rag", "http://rag:8000");
  EXPECT_THROW(registry.add("rag", "http://other"), std::invalid_argument);
  EXPECT_THROW(registry.add("other", "no address"), failure);
  EXPECT_EQ(registry.dependencies().size(), 1U);
  EXPECT_TRUE(registry.dependencies()[0].required);
  const auto unknown = run(registry.check("other"));
  EXPECT_EQ(unknown->said.at(0).status, health_status::unavailable);
  EXPECT_FALSE(unknown->said.at(0).why.empty());
  EXPECT_TRUE(p.sent().empty());
}

TEST_F(HealthRegistry, WithoutServicesHasNothingToSay) {
  const auto none = run(registry.check_all());
  EXPECT_TRUE(none->ended);
  EXPECT_TRUE(none->said.empty());
}

}  // namespace
}  // namespace enlace::test
