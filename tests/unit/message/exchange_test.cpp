#include <set>
#include <string_view>

#include <enlace/exchange.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

TEST(NameOf, NamesEachFailureAndPhaseOnce) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(wire_failure::cancelled); ++i)
    names.insert(name_of(static_cast<wire_failure>(i)));
  EXPECT_EQ(names, (std::set<std::string_view>{"none", "dns", "refused", "connect_timeout", "tls", "pool_full", "reset",
                                               "truncated", "timeout", "malformed", "too_large", "content_encoding",
                                               "cancelled"}));
  names.clear();
  for (int i = 0; i <= static_cast<int>(wire_phase::body); ++i) names.insert(name_of(static_cast<wire_phase>(i)));
  EXPECT_EQ(names,
            (std::set<std::string_view>{"none", "pool", "resolve", "connect", "tls", "send", "first_byte", "body"}));
  EXPECT_EQ(name_of(wire_failure::refused), "refused");
  EXPECT_EQ(name_of(wire_failure::too_large), "too_large");
  EXPECT_EQ(name_of(wire_phase::first_byte), "first_byte");
}

TEST(Incoming, IsAsNewAfterClear) {
  incoming in;
  in.failure = wire_failure::reset;
  in.phase = wire_phase::body;
  in.detail = "Connection reset by peer";
  in.sent = true;
  in.reused_connection = true;
  in.status = 200;
  in.headers.add("A", "1");
  in.body = "text";
  in.clear();
  EXPECT_EQ(in.failure, wire_failure::none);
  EXPECT_EQ(in.phase, wire_phase::none);
  EXPECT_EQ(in.detail, "");
  EXPECT_FALSE(in.sent);
  EXPECT_FALSE(in.reused_connection);
  EXPECT_EQ(in.status, 0);
  EXPECT_TRUE(in.headers.empty());
  EXPECT_EQ(in.body, "");
}

}  // namespace
}  // namespace enlace
