#include <vector>

#include <enlace/clock.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

class noted_waiter final : public waiter {
 public:
  void on_due() noexcept override {}
  void head() noexcept { make_ring(); }
};

std::vector<const waiter*> around(const waiter& head) {
  std::vector<const waiter*> seen;
  for (const waiter* at = head.next(); at != &head; at = at->next()) seen.push_back(at);
  return seen;
}

TEST(Waiter, JoinsAndLeavesARing) {
  noted_waiter head;
  noted_waiter a;
  noted_waiter b;
  noted_waiter c;
  EXPECT_FALSE(a.waiting());
  head.head();
  const time_point due{std::chrono::seconds(5)};
  a.link_before(head, due);
  c.link_before(head, due);
  b.link_before(c, due);
  EXPECT_EQ(around(head), (std::vector<const waiter*>{&a, &b, &c}));
  EXPECT_TRUE(b.waiting());
  EXPECT_EQ(b.due(), due);
  b.unlink();
  b.unlink();
  EXPECT_FALSE(b.waiting());
  EXPECT_EQ(around(head), (std::vector<const waiter*>{&a, &c}));
  a.unlink();
  c.unlink();
  EXPECT_TRUE(around(head).empty());
}

}  // namespace
}  // namespace enlace
