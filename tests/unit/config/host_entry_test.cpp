#include "config/host_entry.hpp"

#include <string>

#include <gtest/gtest.h>

namespace enlace {
namespace {

std::string key(const char* entry) {
  const value_or_fault<std::string> made = host_key(entry);
  return made ? *made : "refused";
}

TEST(HostEntry, ReadsHostsWithAndWithoutPort) {
  EXPECT_EQ(key("embedding-service:8000"), "embedding-service:8000");
  EXPECT_EQ(key("embedding-service"), "embedding-service");
  EXPECT_EQ(key("127.0.0.1:9000"), "127.0.0.1:9000");
  EXPECT_EQ(key("a_b.svc.cluster.local"), "a_b.svc.cluster.local");
  EXPECT_EQ(key("unix:/run/model.sock"), "unix:/run/model.sock");
}

TEST(HostEntry, NormalisesAsUrlsDo) {
  EXPECT_EQ(key("Embedding-Service:8000"), "embedding-service:8000");
  EXPECT_EQ(key("example.com.:80"), "example.com:80");
  EXPECT_EQ(key("a:0080"), key("a:80"));
  EXPECT_EQ(key("[0:0:0:0:0:0:0:1]:80"), "[::1]:80");
}

TEST(HostEntry, ReadsIPv6WithAndWithoutBrackets) {
  EXPECT_EQ(key("[::1]:8000"), "[::1]:8000");
  EXPECT_EQ(key("[::1]"), "[::1]");
  EXPECT_EQ(key("::1"), "[::1]");
  EXPECT_EQ(key("fe80::1:80"), "[fe80::1:80]") << "without brackets it is all address";
}

TEST(HostEntry, RefusesWhatIsNoHost) {
  for (const char* entry : {"",     ":80",     "a:",          "[::1]:",        "a:0",      "a:65536",
                            "a:-1", "a:x",     "http://a:80", "a/b",           "//a",      "*.example.com",
                            "a b",  "a:80:90", "[::1",        "::1]",          "[a]",      "user@a",
                            "a?b",  "unix:",   "unix:run/x",  "unix:relative", "\xc3\xa9", "a%20b"}) {
    EXPECT_EQ(key(entry), "refused") << entry;
  }
  EXPECT_FALSE(host_key("unix:/" + std::string(200, 'x')));
  EXPECT_FALSE(host_key(std::string("a\0b", 3)));
  EXPECT_FALSE(host_key(std::string("unix:/a\0b", 9)));
}

TEST(HostEntry, SaysWhatIsWrong) {
  EXPECT_NE(host_key("http://a:80").error().what.find("without scheme"), std::string::npos);
  EXPECT_NE(host_key("a:").error().what.find("port is missing"), std::string::npos);
}

TEST(HostEntry, FindsTheSameKeysForUrls) {
  for (const char* text : {"http://embedding-service:8000/x", "https://Example.COM/", "http://[::1]:8000/",
                           "http://127.0.0.1/", "http+unix://%2Frun%2Fmodel.sock/x"}) {
    const url target = url::parse(text).value();
    const endpoint_keys keys = keys_of(target.endpoint());
    EXPECT_EQ(keys.exact, target.service_name()) << text;
    EXPECT_EQ(*host_key(keys.exact), keys.exact) << text;
    if (keys.any_port.empty()) continue;
    EXPECT_EQ(*host_key(keys.any_port), keys.any_port) << text;
  }
}

}  // namespace
}  // namespace enlace
