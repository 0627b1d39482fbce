// The helpers of tests/support are tested here, since this is where they are used first.
#include <gtest/gtest.h>

#include "support/nginx.hpp"
#include "support/process.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace::test {
namespace {

TEST(Process, GivesOutputAndStatus) {
  process::settings how;
  how.input = "said";
  how.environment = {"WORD=heard"};
  process child({"/bin/sh", "-c", "cat; printf $WORD >&2; exit 3"}, how);
  EXPECT_EQ(child.wait(), 3);
  EXPECT_EQ(child.output(), "said");
  EXPECT_EQ(child.errors(), "heard");
}

TEST(Process, IsEndedWithItsObject) {
  pid_t pid = 0;
  {
    const process child({"/bin/sleep", "1000"});
    pid = child.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(Process, TellsHowItWasEnded) {
  process child({"/bin/sleep", "1000"});
  EXPECT_EQ(child.end(), 128 + SIGTERM);
  EXPECT_EQ(child.end(), 128 + SIGTERM);
}

TEST(Process, IsKilledWhenItDoesNotEnd) {
  process child({"/bin/sh", "-c", "trap '' TERM; sleep 1000"});
  EXPECT_EQ(child.wait(std::chrono::milliseconds(20)), -1);
}

TEST(Process, SaysWhyItIsNotReady) {
  process child({"/bin/sh", "-c", "echo broken; exit 1"});
  try {
    child.wait_for_port(1);
    FAIL() << "nothing listens on port 1";
  } catch (const std::runtime_error& failed) {
    EXPECT_NE(std::string(failed.what()).find("broken"), std::string::npos);
  }
}

TEST(Process, ThatIsNotThereFails) { EXPECT_EQ(process({"/nonexistent"}).wait(), 127); }

TEST(Process, KeepsNoDescriptorsButItsOwn) {
  const test_upstream other;
  process child({"/bin/ls", "/proc/self/fd"});
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(child.output(), "0\n1\n2\n3\n");  // 3 is the folder that it lists
}

TEST(Nginx, ServesOnAFreePort) {
  if (!nginx::available()) GTEST_SKIP() << "nginx is not installed";
  const nginx one("location /one { return 200 'first'; }");
  const nginx two("location /two { return 200 'second'; }");
  EXPECT_NE(one.port(), two.port());
  EXPECT_EQ(raw_client(one.port()).ask("/one").body, "first");
  EXPECT_EQ(raw_client(two.port()).ask("/two").body, "second");
  EXPECT_EQ(raw_client(two.port()).ask("/one").status, 404);
}

TEST(Nginx, SaysWhatIsWrongWithItsSettings) {
  if (!nginx::available()) GTEST_SKIP() << "nginx is not installed";
  EXPECT_THROW(nginx("nonsense;"), std::runtime_error);
}

}  // namespace
}  // namespace enlace::test
