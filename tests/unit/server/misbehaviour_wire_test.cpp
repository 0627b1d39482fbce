#include <string>

#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

using test::raw_client;
using test::test_upstream;
using ending = raw_client::ending;

class MisbehaviourWire : public testing::Test {
 protected:
  ending all_of(std::string_view target, std::string& all) {
    raw_client client(upstream_.port());
    client.get(target);
    return client.read_to_end(all);
  }
  incoming ask(std::string_view target) { return raw_client(upstream_.port()).ask(target); }

  test_upstream upstream_;
};

TEST_F(MisbehaviourWire, HangsUntilTheClientLeaves) {
  raw_client client(upstream_.port());
  client.get("/hang");
  EXPECT_FALSE(client.readable_within(std::chrono::milliseconds(30)));
  client.close();
  EXPECT_TRUE(test::eventually([&] { return upstream_.server().connections() == 0; }));
}

TEST_F(MisbehaviourWire, Resets) {
  std::string all;
  EXPECT_EQ(all_of("/reset", all), ending::reset);
  EXPECT_EQ(all, "");
}

TEST_F(MisbehaviourWire, Truncates) {
  for (const char* target : {"/truncate", "/truncate?framing=chunked"}) {
    std::string all;
    EXPECT_EQ(all_of(target, all), ending::closed);
    EXPECT_EQ(ask(target).failure, wire_failure::truncated);
    EXPECT_EQ(ask(target).status, 200);
  }
}

TEST_F(MisbehaviourWire, SendsGarbage) {
  std::string first;
  std::string second;
  EXPECT_EQ(all_of("/garbage", first), ending::closed);
  all_of("/garbage", second);
  EXPECT_EQ(first.size(), 512U);
  EXPECT_EQ(first, second);
  EXPECT_EQ(ask("/garbage").failure, wire_failure::malformed);
}

TEST_F(MisbehaviourWire, SendsAHeadWithoutEnd) {
  EXPECT_EQ(ask("/endless-head").failure, wire_failure::too_large);
  EXPECT_TRUE(test::eventually([&] { return upstream_.server().connections() == 0; }));
}

TEST_F(MisbehaviourWire, SendsTwoLengths) { EXPECT_EQ(ask("/two-lengths").failure, wire_failure::malformed); }

TEST_F(MisbehaviourWire, SendsABadChunk) { EXPECT_EQ(ask("/bad-chunk").failure, wire_failure::malformed); }

}  // namespace
}  // namespace enlace
