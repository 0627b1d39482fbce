#include "context/internal_hosts.hpp"

#include <string>

#include <enlace/result.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

class HostCase : public ::testing::TestWithParam<const char*> {};

class InternalHost : public HostCase {};
TEST_P(InternalHost, IsInternal) { EXPECT_TRUE(internal_hosts().contains(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Names, InternalHost,
                         ::testing::Values("embedding-service", "localhost", "LOCALHOST", "localhost.", "x", "a1", "1a",
                                           "db.internal", "a.b.INTERNAL", "db.internal.", "printer.local", "web.svc",
                                           "web.prod.svc", "web.prod.svc.cluster.local", "internal", "svc"));
INSTANTIATE_TEST_SUITE_P(Ipv4, InternalHost,
                         ::testing::Values("127.0.0.1", "127.255.255.255", "10.0.0.0", "10.255.255.255", "172.16.0.1",
                                           "172.31.255.255", "192.168.0.1", "192.168.255.255", "127.0.0.1."));
INSTANTIATE_TEST_SUITE_P(Ipv6, InternalHost,
                         ::testing::Values("::1", "0:0:0:0:0:0:0:1", "fc00::1", "fd12:3456::1", "FDFF::1",
                                           "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::ffff:127.0.0.1",
                                           "::ffff:10.1.2.3", "::ffff:c0a8:1"));

class ExternalHost : public HostCase {};
TEST_P(ExternalHost, IsExternal) { EXPECT_FALSE(internal_hosts().contains(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Names, ExternalHost,
                         ::testing::Values("api.openai.com", "example.com.", "internal.example.com", "notinternal.com",
                                           "my-internal.dev", "xlocal.de", "a.svc.evil.com",
                                           "svc.cluster.local.evil.com", "a.localx", "", ".", "..", ".internal",
                                           ".local", "evil.com/.internal.com"));
INSTANTIATE_TEST_SUITE_P(Ipv4, ExternalHost,
                         ::testing::Values("8.8.8.8", "9.255.255.255", "11.0.0.0", "126.255.255.255", "128.0.0.1",
                                           "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "0.0.0.0",
                                           "100.64.0.1", "169.254.169.254", "255.255.255.255"));
INSTANTIATE_TEST_SUITE_P(Ipv6, ExternalHost,
                         ::testing::Values("::", "2001:4860:4860::8888", "fe80::1", "fe80::1%eth0", "fbff::1",
                                           "fe00::1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::10.0.0.1", "::1%lo",
                                           "::1::", "[::1]", "a:b"));
// Resolvers read these as addresses, whatever they look like.
INSTANTIATE_TEST_SUITE_P(Numbers, ExternalHost,
                         ::testing::Values("2130706433", "134744072", "127.1", "0x7f000001", "0X08080808", "0x7f.1",
                                           "010.0.0.1", "10.0.0.1.1", "10.0.0.256", "10.0.0", "1.2.3.4.5"));

TEST(InternalHosts, DeclaredHostsAndDomains) {
  const internal_hosts hosts({"*.corp.example", "api.partner.example", "8.8.8.8", "2001:DB8::1", "*.Shop.Example."});
  EXPECT_TRUE(hosts.contains("a.corp.example"));
  EXPECT_TRUE(hosts.contains("a.b.CORP.example."));
  EXPECT_TRUE(hosts.contains("api.partner.example"));
  EXPECT_TRUE(hosts.contains("API.Partner.Example."));
  EXPECT_TRUE(hosts.contains("8.8.8.8"));
  EXPECT_TRUE(hosts.contains("2001:db8::1"));
  EXPECT_TRUE(hosts.contains("x.shop.example"));
  EXPECT_FALSE(hosts.contains("corp.example"));
  EXPECT_FALSE(hosts.contains(".corp.example"));
  EXPECT_FALSE(hosts.contains("evilcorp.example"));
  EXPECT_FALSE(hosts.contains("x.api.partner.example"));
  EXPECT_FALSE(hosts.contains("8.8.8.80"));
}

TEST(InternalHosts, ANulEndsNoAddress) {
  using namespace std::string_view_literals;
  EXPECT_FALSE(internal_hosts().contains("10.0.0.1\0.1"sv));
  EXPECT_FALSE(internal_hosts().contains("::1\0:1"sv));
}

TEST(InternalHosts, UnixSocketsAreInternal) {
  endpoint socket;
  socket.unix_path = "/run/model.sock";
  EXPECT_TRUE(internal_hosts().contains(socket));
  endpoint tcp;
  tcp.host = "api.openai.com";
  EXPECT_FALSE(internal_hosts().contains(tcp));
  tcp.host = "localhost";
  EXPECT_TRUE(internal_hosts().contains(tcp));
}

class BadPattern : public HostCase {};
TEST_P(BadPattern, IsRefused) {
  try {
    internal_hosts hosts({"fine.example", GetParam()});
    FAIL() << "taken";
  } catch (const failure& refused) {
    EXPECT_EQ(refused.error().code, error_code::configuration_error);
  }
}
INSTANTIATE_TEST_SUITE_P(All, BadPattern,
                         ::testing::Values("", ".", "*", "*.", "*..", "a.*.example", "*.*.example", "**.example",
                                           ".corp.example", "http://x", "a b", "[::1]", "a..b", "x/y", "user@host"));

}  // namespace
}  // namespace enlace
