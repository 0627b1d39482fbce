#include "telemetry/recent_calls.hpp"

#include <enlace/url.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::chrono_literals;

class RecentCalls : public ::testing::Test {
 protected:
  void tell(duration elapsed, const error* failed = nullptr) {
    call_event over;
    over.service = "rag";
    over.target = &where_;
    over.elapsed = elapsed;
    over.failed = failed;
    over.trail = trail_;
    over.began = wall_time(1700000000s);
    kept_.on_call(over);
  }
  url where_ = url::parse("http://user:secret@rag:8000/find?api_key=abc&q=1").value();
  std::vector<trail_entry> trail_{{5ms, "wait", "10ms before the next attempt"}};
  recent_calls kept_{100ms, 3};
};

TEST_F(RecentCalls, KeepsWhatFailedOrWasSlow) {
  const error why(error_code::timeout_error, "late");
  tell(1ms);
  tell(200ms);
  tell(1ms, &why);
  ASSERT_EQ(kept_.slow().size(), 1U);
  ASSERT_EQ(kept_.failed().size(), 1U);
  const json::array all = kept_.failed();
  const json::value& failed = all[0];
  EXPECT_EQ(failed.at("code"), "TIMEOUT_ERROR");
  EXPECT_EQ(failed.at("trail").at(0).at("what"), "wait");
  EXPECT_EQ(failed.at("at"), 1700000000.0);
}

TEST_F(RecentCalls, ShowsNoSecret) {
  tell(200ms);
  const std::string text = json::serialize(kept_.slow());
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_EQ(text.find("abc"), std::string::npos);
  EXPECT_NE(text.find("q=1"), std::string::npos);
}

TEST_F(RecentCalls, IsBoundedAndBeginsWithTheLatest) {
  for (int i = 1; i <= 5; ++i) tell(std::chrono::milliseconds(100 + i));
  ASSERT_EQ(kept_.slow().size(), 3U);
  EXPECT_EQ(kept_.slow().at(0).at("elapsed_ms"), 105.0);
}

TEST_F(RecentCalls, AStreamIsSlowByItsFirstEvent) {
  call_event over;
  over.target = &where_;
  over.stream = true;
  over.elapsed = 10s;
  over.first_event = 20ms;
  kept_.on_call(over);
  EXPECT_TRUE(kept_.slow().empty());
}

}  // namespace
}  // namespace enlace
