#include "message/host.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::string_view_literals;

struct good {
  std::string_view text;
  std::string_view host;
  std::uint16_t port;
  std::string_view authority;
};

TEST(ParseHostPort, NormalisesNamesAndAddresses) {
  const std::string longest_label(63, 'a');
  const good cases[] = {
      {"example.com", "example.com", 80, "example.com"},
      {"Example.COM:80", "example.com", 80, "example.com"},
      {"example.com:8080", "example.com", 8080, "example.com:8080"},
      {"example.com:", "example.com", 80, "example.com"},
      {"example.com:00443", "example.com", 443, "example.com:443"},
      {"h:1", "h", 1, "h:1"},
      {"h:65535", "h", 65535, "h:65535"},
      {"my_service:8000", "my_service", 8000, "my_service:8000"},
      {"xn--bcher-kva.example", "xn--bcher-kva.example", 80, "xn--bcher-kva.example"},
      {"localhost.", "localhost.", 80, "localhost."},
      {"127.0.0.1:9000", "127.0.0.1", 9000, "127.0.0.1:9000"},
      {"255.255.255.255", "255.255.255.255", 80, "255.255.255.255"},
      {"0.0.0.0", "0.0.0.0", 80, "0.0.0.0"},
      {"1.2.3.4.example", "1.2.3.4.example", 80, "1.2.3.4.example"},
      {"4chan", "4chan", 80, "4chan"},
      {"host.4a", "host.4a", 80, "host.4a"},
      {"0xg", "0xg", 80, "0xg"},
      {"[::1]", "::1", 80, "[::1]"},
      {"[::1]:", "::1", 80, "[::1]"},
      {"[::1]:8080", "::1", 8080, "[::1]:8080"},
      {"[2001:DB8:0:0:0:0:0:1]:443", "2001:db8::1", 443, "[2001:db8::1]:443"},
      {"[::FFFF:1.2.3.4]", "::ffff:1.2.3.4", 80, "[::ffff:1.2.3.4]"},
      {"[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 80,
       "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"},
      {longest_label, longest_label, 80, longest_label},
  };
  for (const good& each : cases) {
    endpoint to;
    std::string authority;
    EXPECT_EQ(parse_host_port(each.text, to, authority), "") << each.text;
    EXPECT_EQ(to.host, each.host);
    EXPECT_EQ(to.port, each.port);
    EXPECT_EQ(authority, each.authority);
    EXPECT_EQ(to.unix_path, "");
  }
}

TEST(ParseHostPort, KnowsThePortOfTls) {
  endpoint to;
  to.tls = true;
  std::string authority;
  EXPECT_EQ(parse_host_port("h", to, authority), "");
  EXPECT_EQ(to.port, 443);
  EXPECT_EQ(authority, "h");
  authority.clear();
  EXPECT_EQ(parse_host_port("h:80", to, authority), "");
  EXPECT_EQ(authority, "h:80");
}

struct bad {
  std::string_view text;
  std::string_view hint;
};

TEST(ParseHostPort, SaysWhatIsWrong) {
  const std::string label_too_long(64, 'a');
  std::string name_too_long;
  for (int i = 0; i < 127; ++i) name_too_long += "a.";
  name_too_long += "aa";
  const bad cases[] = {
      {"", "no host"},
      {":80", "no host"},
      {"h:0", "1 to 65535"},
      {"h:00000", "1 to 65535"},
      {"h:65536", "1 to 65535"},
      {"h:99999999999999999999", "1 to 65535"},
      {"h:80a", "no number"},
      {"h:-1", "no number"},
      {"h:+80", "no number"},
      {"h: 80", "no number"},
      {"h:80:80", "no number"},
      {"a b", "letters"},
      {" h", "letters"},
      {"h\t", "letters"},
      {"h\0"sv, "letters"},
      {"h\r\n", "letters"},
      {"a\\b", "letters"},
      {"a,b", "letters"},
      {"a;b", "letters"},
      {"h|x", "letters"},
      {"{h}", "letters"},
      {"%68", "percent-encoded"},
      {"h%2Fx", "percent-encoded"},
      {"b\xC3\xBC"
       "cher.example",
       "punycode"},
      {"h\xE2\x80\x8B", "punycode"},
      {"\xEF\xBC\x91.1.1.1", "punycode"},
      {".", "label"},
      {"..", "label"},
      {".h", "label"},
      {"a..b", "label"},
      {"h..", "label"},
      {label_too_long, "63"},
      {name_too_long, "253"},
      // Addresses to some, names to others.
      {"127.1", "IPv4"},
      {"127.0.1", "IPv4"},
      {"2130706433", "IPv4"},
      {"0", "IPv4"},
      {"0x7f.1", "IPv4"},
      {"0x7f000001", "IPv4"},
      {"0X7F.0.0.1", "IPv4"},
      {"0x", "IPv4"},
      {"127.0.0.0x1", "IPv4"},
      {"017700000001", "IPv4"},
      {"0177.0.0.1", "IPv4"},
      {"127.0.0.01", "IPv4"},
      {"127.0.0.00", "IPv4"},
      {"127.0.0.1.", "IPv4"},
      {"127.0.0.256", "IPv4"},
      {"127.0.0.0127", "IPv4"},
      {"1.2.3.4.5", "IPv4"},
      {"host.123", "IPv4"},
      {"host.123.", "IPv4"},
      {"4294967295", "IPv4"},
      {"99999999999999999999", "IPv4"},
      {"[", "not closed"},
      {"[::1", "not closed"},
      {"[]", "no IPv6"},
      {"[:]", "no IPv6"},
      {"[:::]", "no IPv6"},
      {"[1::2::3]", "no IPv6"},
      {"[12345::]", "no IPv6"},
      {"[127.0.0.1]", "no IPv6"},
      {"[localhost]", "no IPv6"},
      {"[v1.fe80]", "no IPv6"},
      {"[::1\0]"sv, "no IPv6"},
      {"[ ::1]", "no IPv6"},
      {"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]", "no IPv6"},
      {"[fe80::1%25eth0]", "zone"},
      {"[fe80::1%eth0]", "zone"},
      {"[::1]x", "bracket"},
      {"[::1]80", "bracket"},
      {"[::1]]", "bracket"},
      {"[::1]:x", "no number"},
      {"::1", "no host"},
      {"fe80::1", "no number"},
      {"h]", "letters"},
  };
  for (const bad& each : cases) {
    endpoint to;
    std::string authority;
    const std::string_view wrong = parse_host_port(each.text, to, authority);
    EXPECT_NE(wrong.find(each.hint), std::string_view::npos) << "\"" << each.text << "\": \"" << wrong << "\"";
    EXPECT_FALSE(wrong.empty()) << each.text;
  }
}

// No byte gets into a host but those of a name.
TEST(ParseHostPort, TakesNoOtherByteIntoAName) {
  const std::string_view legal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  for (unsigned c = 0; c < 256; ++c) {
    if (c == ':') continue;
    endpoint to;
    std::string authority;
    const std::string text{'x', static_cast<char>(c), 'y'};
    EXPECT_EQ(parse_host_port(text, to, authority).empty(), legal.find(static_cast<char>(c)) != std::string_view::npos)
        << c;
  }
}

TEST(ParseSocketPath, DecodesIt) {
  endpoint to;
  EXPECT_EQ(parse_socket_path("%2Frun%2fmy%20model%3A1.sock", to), "");
  EXPECT_EQ(to.unix_path, "/run/my model:1.sock");
  EXPECT_EQ(to.host, "");
  EXPECT_EQ(to.port, 0);
  EXPECT_EQ(parse_socket_path("%2F" + std::string(106, 'a'), to), "");
  EXPECT_EQ(to.unix_path.size(), 107U);
}

TEST(ParseSocketPath, SaysWhatIsWrong) {
  const std::string too_long = "%2F" + std::string(107, 'a');
  const bad cases[] = {
      {"", "no socket path"}, {"run", "absolute"},      {"%40abstract", "absolute"}, {"%2Fa%00b", "NUL"},
      {"%2Fa:80", "port"},    {"%2Fa%", "hexadecimal"}, {"%2Fa%2", "hexadecimal"},   {"%2F%zz", "hexadecimal"},
      {"%2Fa b", "encoded"},  {"%2Fa\r\n", "encoded"},  {"%2Fa\xC3\xA9", "encoded"}, {too_long, "107"},
      {"[::1]", "encoded"},   {"%2Fa@%2Fb", "encoded"},
  };
  for (const bad& each : cases) {
    endpoint to;
    const std::string_view wrong = parse_socket_path(each.text, to);
    EXPECT_NE(wrong.find(each.hint), std::string_view::npos) << each.text << ": " << wrong;
    EXPECT_FALSE(wrong.empty());
  }
}

}  // namespace
}  // namespace enlace
