#include <atomic>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <enlace/random.hpp>
#include <gtest/gtest.h>

#include "cache/flight.hpp"

namespace enlace {
namespace {

constexpr std::uint64_t keys = 3;

class worker;

/// A call as a client makes it: lives on one loop, is told of events by a post to it.
class racing_call final : public flight_follower {
 public:
  racing_call(worker& home, std::uint64_t number) : home_(home), key_number(number) {}

  void on_landed(std::shared_ptr<const reply> answer, const span_place& fetched_by) noexcept override;
  void on_leader_gone() noexcept override;

 private:
  worker& home_;

 public:
  std::uint64_t key_number;
  flight_lead lead;
  /// Written by callbacks without any lock of ours, read by the owner after `leave`: a sanitizer sees a callback that
  /// runs late.
  int callbacks = 0;
};

struct posted {
  racing_call* call;
  std::shared_ptr<const reply> answer;  // null: the leader is gone
};

/// A loop: one thread, a mailbox, and calls in several states that it moves on at random.
class worker {
 public:
  worker(flight_table& table, std::uint64_t seed, int calls) : table_(table), random_(seed), to_start_(calls) {}

  void post(posted event) {
    const std::lock_guard lock(mutex_);
    mailbox_.push_back(std::move(event));
  }

  void run() {
    while (to_start_ > 0 || !calls_.empty()) {
      drain();
      if (to_start_ > 0 && calls_.size() < 8 && random_.below(2) == 0) start();
      for (auto it = calls_.begin(); it != calls_.end();) it = step(it);
      if (random_.below(8) == 0) std::this_thread::yield();
    }
  }

  int landed = 0, led = 0, left = 0, promoted = 0, wrong = 0;

 private:
  using call_list = std::list<std::unique_ptr<racing_call>>;

  void start() {
    --to_start_;
    auto call = std::make_unique<racing_call>(*this, random_.below(keys));
    // One key in three is the same for two tenants; tickets differ now and then.
    const std::string tenant = call->key_number == 0 && random_.below(2) == 0 ? "umbrella" : "acme";
    call->lead = table_.join(cache_key(call->key_number, 1), tenant, random_.below(50) == 0 ? 1 : 0, *call);
    calls_.push_back(std::move(call));
  }

  call_list::iterator step(call_list::iterator it) {
    racing_call& call = **it;
    if (call.lead) {
      switch (random_.below(6)) {
        case 0:
          call.lead.land(std::make_shared<const reply>(reply::success_with(call.key_number)));
          ++led;
          return calls_.erase(it);
        case 1:  // cancelled
          ++left;
          return calls_.erase(it);
        default:
          return std::next(it);
      }
    }
    if (random_.below(8) != 0) return std::next(it);
    const bool waited = table_.leave(call);
    // From here no callback may run: what it posted before is thrown away, as a client would.
    const int before = call.callbacks;
    const bool had_news = forget(call);
    if (!waited && !had_news) ++wrong;
    if (call.callbacks != before) ++wrong;
    ++left;
    return calls_.erase(it);
  }

  bool forget(const racing_call& call) {
    const std::lock_guard lock(mutex_);
    return std::erase_if(mailbox_, [&](const posted& event) { return event.call == &call; }) != 0;
  }

  void drain() {
    for (;;) {
      posted event;
      {
        const std::lock_guard lock(mutex_);
        if (mailbox_.empty()) return;
        event = std::move(mailbox_.front());
        mailbox_.pop_front();
      }
      racing_call& call = *event.call;
      if (event.answer == nullptr) {
        call.lead = table_.take_lead(call);
        if (!call.lead) ++wrong;
        ++promoted;
        continue;
      }
      if (event.answer->data().to_number<std::uint64_t>() != call.key_number) ++wrong;
      if (table_.leave(call)) ++wrong;
      if (call.callbacks == 0) ++wrong;
      ++landed;
      calls_.remove_if([&](const auto& each) { return each.get() == &call; });
    }
  }

  flight_table& table_;
  random_source random_;
  int to_start_;
  call_list calls_;
  std::mutex mutex_;
  std::deque<posted> mailbox_;
};

void racing_call::on_landed(std::shared_ptr<const reply> answer, const span_place& /*fetched_by*/) noexcept {
  ++callbacks;
  home_.post({this, std::move(answer)});
}

void racing_call::on_leader_gone() noexcept {
  ++callbacks;
  home_.post({this, nullptr});
}

TEST(FlightRace, EveryCallEndsOnceWhoeverLandsLeavesOrIsPromoted) {
  constexpr int calls = 4'000;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    flight_table table;
    std::vector<std::unique_ptr<worker>> workers;
    for (std::uint64_t i = 0; i < 6; ++i) workers.push_back(std::make_unique<worker>(table, seed * 100 + i, calls));
    std::vector<std::thread> threads;
    for (const auto& each : workers) threads.emplace_back([&each] { each->run(); });
    for (std::thread& each : threads) each.join();
    int landed = 0;
    int promoted = 0;
    for (const auto& each : workers) {
      EXPECT_EQ(each->wrong, 0);
      EXPECT_EQ(each->landed + each->led + each->left, calls);
      landed += each->landed;
      promoted += each->promoted;
    }
    EXPECT_GT(landed, 100);
    EXPECT_GT(promoted, 100);
    EXPECT_EQ(table.size(), 0U);
  }
}

/// A crowd, larger than what is called under one lock, leaves while it is being served.
TEST(FlightRace, LeavingWhileTheFlightLands) {
  class counted final : public flight_follower {
   public:
    void on_landed(std::shared_ptr<const reply> answer, const span_place& /*fetched_by*/) noexcept override {
      got = std::move(answer);
    }
    void on_leader_gone() noexcept override {}
    std::shared_ptr<const reply> got;
  };
  const auto answer = std::make_shared<const reply>(reply::success_with(1));
  for (int round = 0; round < 50; ++round) {
    flight_table table;
    counted leader;
    flight_lead lead = table.join(cache_key(1, 1), "acme", 0, leader);
    std::vector<std::unique_ptr<counted>> crowd;
    for (int i = 0; i < 500; ++i) {
      crowd.push_back(std::make_unique<counted>());
      EXPECT_FALSE(table.join(cache_key(1, 1), "acme", 0, *crowd.back()));
    }
    int wrong = 0;
    std::atomic<bool> go{false};
    std::thread leaver([&] {
      while (!go) std::this_thread::yield();
      for (auto it = crowd.rbegin(); it != crowd.rend(); ++it) {
        const bool waited = table.leave(**it);
        if (waited == ((*it)->got != nullptr)) ++wrong;
        it->reset();
      }
    });
    go = true;
    lead.land(answer);
    leaver.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(answer.use_count(), 1);
  }
}

}  // namespace
}  // namespace enlace
