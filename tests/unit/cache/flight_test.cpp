#include "cache/flight.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace enlace {
namespace {

constexpr cache_key key(1, 2);

std::shared_ptr<const reply> answer_with(std::string_view text) {
  return std::make_shared<const reply>(reply::success_with(json::string(text)));
}

class waiting_call final : public flight_follower {
 public:
  void on_landed(std::shared_ptr<const reply> answer, const span_place& fetched_by) noexcept override {
    answers.push_back(std::move(answer));
    places.push_back(fetched_by);
  }
  void on_leader_gone() noexcept override { ++told_to_lead; }

  std::vector<std::shared_ptr<const reply>> answers;
  std::vector<span_place> places;
  int told_to_lead = 0;
};

class FlightTest : public testing::Test {
 protected:
  flight_lead join(waiting_call& call, std::uint64_t ticket = 0, std::string_view tenant = "acme") {
    return table_.join(key, tenant, ticket, call);
  }

  flight_table table_;
  waiting_call first_, second_, third_, fourth_;
};

TEST_F(FlightTest, TheFirstLeadsAndTheOthersGetItsAnswer) {
  flight_lead lead = join(first_);
  ASSERT_TRUE(lead);
  EXPECT_FALSE(join(second_));
  EXPECT_FALSE(join(third_));
  EXPECT_EQ(table_.size(), 1U);
  const auto answer = answer_with("x");
  span_place by;
  by.span_id[0] = 7;
  lead.land(answer, by);
  EXPECT_FALSE(lead);
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_TRUE(first_.answers.empty()) << "the leader has its answer already";
  ASSERT_EQ(second_.answers.size(), 1U);
  EXPECT_EQ(second_.places.at(0).span_id, by.span_id);
  EXPECT_EQ(second_.answers[0], answer);
  EXPECT_EQ(third_.answers.size(), 1U);
  EXPECT_EQ(second_.told_to_lead + third_.told_to_lead, 0);
}

TEST_F(FlightTest, AfterLandingTheNextOneLeadsAnew) {
  join(first_).land(answer_with("x"));
  EXPECT_TRUE(join(second_));
}

TEST_F(FlightTest, LandingTwiceOrWithAnEmptyLeadDoesNothing) {
  flight_lead lead = join(first_);
  EXPECT_FALSE(join(second_));
  lead.land(answer_with("x"));
  lead.land(answer_with("y"));
  EXPECT_EQ(second_.answers.size(), 1U);
  flight_lead().land(answer_with("z"));
}

TEST_F(FlightTest, OtherKeysFlyOnTheirOwn) {
  const flight_lead lead = join(first_);
  EXPECT_TRUE(table_.join(cache_key(1, 3), "acme", 0, second_));
  EXPECT_TRUE(table_.join(cache_key(2, 2), "acme", 0, third_));
}

TEST_F(FlightTest, AnotherTenantNeverJoins) {
  flight_lead lead = join(first_);
  flight_lead other = join(second_, 0, "umbrella");
  ASSERT_TRUE(other);
  EXPECT_FALSE(join(third_)) << "the first flight is still there to be joined";
  flight_lead another = join(fourth_, 0, "umbrella");
  EXPECT_TRUE(another) << "a flight that is not listed is not shared";
  other.land(answer_with("theirs"));
  EXPECT_TRUE(third_.answers.empty());
  lead.land(answer_with("ours"));
  EXPECT_EQ(third_.answers.size(), 1U);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(FlightTest, WhoComesAfterAnInvalidationStartsANewFlight) {
  flight_lead older = join(first_, 5);
  EXPECT_FALSE(join(second_, 5));
  flight_lead newer = join(third_, 6);
  ASSERT_TRUE(newer);
  EXPECT_FALSE(join(fourth_, 5)) << "a flight that started later will do";
  older.land(answer_with("old"));
  EXPECT_EQ(second_.answers.size(), 1U);
  EXPECT_TRUE(fourth_.answers.empty());
  EXPECT_EQ(table_.size(), 1U) << "the newer one can still be joined";
  newer.land(answer_with("new"));
  EXPECT_EQ(fourth_.answers.size(), 1U);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(FlightTest, AnAbandonedFlightGoesToTheFirstFollower) {
  std::optional<flight_lead> lead(join(first_));
  EXPECT_FALSE(join(second_));
  EXPECT_FALSE(join(third_));
  lead.reset();
  EXPECT_EQ(second_.told_to_lead, 1);
  EXPECT_EQ(third_.told_to_lead, 0);
  EXPECT_FALSE(join(fourth_)) << "meanwhile it can be joined";
  EXPECT_FALSE(table_.take_lead(third_));
  flight_lead taken = table_.take_lead(second_);
  ASSERT_TRUE(taken);
  EXPECT_FALSE(table_.take_lead(second_));
  EXPECT_FALSE(table_.leave(second_)) << "it leads, and waits no more";
  taken.land(answer_with("x"));
  EXPECT_TRUE(second_.answers.empty());
  EXPECT_EQ(third_.answers.size(), 1U);
  EXPECT_EQ(fourth_.answers.size(), 1U);
}

TEST_F(FlightTest, AnAbandonedFlightWithoutFollowersIsGone) {
  {
    const flight_lead lead = join(first_);
  }
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_TRUE(join(second_));
}

TEST_F(FlightTest, AnHeirThatLeavesPassesTheLeadOn) {
  std::optional<flight_lead> lead(join(first_));
  EXPECT_FALSE(join(second_));
  EXPECT_FALSE(join(third_));
  lead.reset();
  EXPECT_TRUE(table_.leave(second_));
  EXPECT_FALSE(table_.take_lead(second_));
  EXPECT_EQ(third_.told_to_lead, 1);
  EXPECT_TRUE(table_.leave(third_));
  EXPECT_EQ(table_.size(), 0U) << "nobody is left";
}

TEST_F(FlightTest, AnHeirThatTookTheLeadMayFollowTheSameFlight) {
  std::optional<flight_lead> lead(join(first_));
  EXPECT_FALSE(join(second_));
  EXPECT_FALSE(join(third_));
  lead.reset();
  flight_lead taken = table_.take_lead(second_);
  EXPECT_FALSE(join(second_));
  EXPECT_FALSE(table_.take_lead(second_));
  EXPECT_TRUE(table_.leave(second_));
  EXPECT_EQ(third_.told_to_lead, 0) << "the flight has a leader";
  taken.land(answer_with("x"));
  EXPECT_EQ(third_.answers.size(), 1U);
}

TEST_F(FlightTest, AFollowerThatLeftIsNotCalled) {
  flight_lead lead = join(first_);
  EXPECT_FALSE(join(second_));
  EXPECT_FALSE(join(third_));
  EXPECT_FALSE(join(fourth_));
  EXPECT_TRUE(table_.leave(third_));
  EXPECT_FALSE(table_.leave(third_));
  lead.land(answer_with("x"));
  EXPECT_EQ(second_.answers.size(), 1U);
  EXPECT_TRUE(third_.answers.empty());
  EXPECT_EQ(fourth_.answers.size(), 1U);
  EXPECT_FALSE(table_.leave(second_)) << "the answer came first";
}

TEST_F(FlightTest, LeavingWithoutJoiningIsHarmless) {
  EXPECT_FALSE(table_.leave(first_));
  EXPECT_FALSE(table_.take_lead(first_));
}

TEST_F(FlightTest, WhenAllFollowersLeaveTheFlightGoesOn) {
  flight_lead lead = join(first_);
  EXPECT_FALSE(join(second_));
  EXPECT_TRUE(table_.leave(second_));
  EXPECT_FALSE(join(third_));
  lead.land(answer_with("x"));
  EXPECT_EQ(third_.answers.size(), 1U);
}

TEST_F(FlightTest, AFollowerCanJoinAgainAfterEachEnd) {
  flight_lead lead = join(first_);
  EXPECT_FALSE(join(second_));
  lead.land(answer_with("x"));
  lead = table_.join(cache_key(77, 1), "acme", 0, first_);
  EXPECT_FALSE(table_.join(cache_key(77, 1), "acme", 0, second_));
  EXPECT_TRUE(table_.leave(second_));
  EXPECT_FALSE(table_.join(cache_key(77, 1), "acme", 0, second_));
  lead.land(answer_with("y"));
  EXPECT_EQ(second_.answers.size(), 2U);
}

TEST_F(FlightTest, JoiningTwiceIsMisuse) {
  flight_lead lead = join(first_);
  EXPECT_FALSE(join(second_));
  EXPECT_THROW((void)join(second_), std::logic_error);
  lead.land(answer_with("x"));
}

TEST_F(FlightTest, AMovedLeadIsTheOnlyOne) {
  flight_lead lead = join(first_);
  EXPECT_FALSE(join(second_));
  flight_lead moved(std::move(lead));
  EXPECT_FALSE(lead);  // NOLINT(bugprone-use-after-move): that it is empty is the point
  EXPECT_EQ(second_.told_to_lead, 0);
  flight_lead other = table_.join(cache_key(5, 5), "acme", 0, third_);
  EXPECT_FALSE(table_.join(cache_key(5, 5), "acme", 0, fourth_));
  moved = std::move(other);  // gives up the first flight
  EXPECT_EQ(second_.told_to_lead, 1);
  EXPECT_EQ(fourth_.told_to_lead, 0);
  moved.land(answer_with("x"));
  EXPECT_EQ(fourth_.answers.size(), 1U);
  EXPECT_TRUE(table_.leave(second_));
}

TEST_F(FlightTest, ACrowdOfFollowersIsAllServedInOrder) {
  flight_lead lead = join(first_);
  static std::vector<int> order;
  order.clear();
  class numbered final : public flight_follower {
   public:
    void on_landed(std::shared_ptr<const reply> /*answer*/, const span_place& /*fetched_by*/) noexcept override {
      order.push_back(number);
    }
    void on_leader_gone() noexcept override {}
    int number = 0;
  };
  std::vector<std::unique_ptr<numbered>> crowd;
  for (int i = 0; i < 1'000; ++i) {
    crowd.push_back(std::make_unique<numbered>());
    crowd.back()->number = i;
    EXPECT_FALSE(table_.join(key, "acme", 0, *crowd.back()));
  }
  lead.land(answer_with("x"));
  ASSERT_EQ(order.size(), 1'000U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

}  // namespace
}  // namespace enlace
