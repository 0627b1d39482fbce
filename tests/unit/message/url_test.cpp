#include <string>
#include <string_view>
#include <utility>

#include <enlace/random.hpp>
#include <enlace/url.hpp>
#include <gtest/gtest.h>

namespace enlace {
namespace {

using namespace std::string_view_literals;

url parsed(std::string_view text) { return url::parse(text).value(); }

TEST(UrlParse, TakesAUrlApart) {
  const url made = parsed("HTTPS://us%65r:p%40ss@Example.COM:8443/a/b?x=1&y=2#frag");
  EXPECT_EQ(made.scheme(), "https");
  EXPECT_EQ(made.userinfo(), "user:p@ss");
  EXPECT_EQ(made.host(), "example.com");
  EXPECT_EQ(made.port(), 8443);
  EXPECT_TRUE(made.endpoint().tls);
  EXPECT_EQ(made.authority(), "example.com:8443");
  EXPECT_EQ(made.target(), "/a/b?x=1&y=2");
  EXPECT_EQ(made.path(), "/a/b");
  EXPECT_EQ(made.query(), "x=1&y=2");
  EXPECT_EQ(made.service_name(), "example.com:8443");
}

struct whole {
  std::string_view text;
  std::string_view normal;
};

TEST(UrlParse, Normalises) {
  const whole cases[] = {
      {"http://h", "http://h/"},
      {"http://h/", "http://h/"},
      {"http://h:80/", "http://h/"},
      {"https://h:443", "https://h/"},
      {"https://h:80", "https://h:80/"},
      {"http://h?x", "http://h/?x"},
      {"http://h#f", "http://h/"},
      {"http://h?", "http://h/?"},
      {"http://h/?a#b?c", "http://h/?a"},
      {"http://h/a?b?c/d", "http://h/a?b?c/d"},
      {"http://h/a?b=http://x/../y", "http://h/a?b=http://x/../y"},
      // Dot segments (RFC 3986, 5.2.4).
      {"http://h/.", "http://h/"},
      {"http://h/..", "http://h/"},
      {"http://h/../..", "http://h/"},
      {"http://h/a/.", "http://h/a/"},
      {"http://h/a/..", "http://h/"},
      {"http://h/a/b/..", "http://h/a/"},
      {"http://h/a/./b", "http://h/a/b"},
      {"http://h/a/b/../../../c", "http://h/c"},
      {"http://h/a/b/c/./../../g", "http://h/a/g"},
      {"http://h/./a/", "http://h/a/"},
      {"http://h//a//../b", "http://h//a/b"},
      {"http://h/a/..//b", "http://h//b"},
      {"http://h/.a/..b/c./d../...", "http://h/.a/..b/c./d../..."},
      {"http://h/%2e%2E/%2e/a", "http://h/a"},
      {"http://h/a/%2E./b", "http://h/b"},
      {"http://h/a%2f..%2Fb", "http://h/a%2F..%2Fb"},
      {"http://h/a?x=/../b", "http://h/a?x=/../b"},
      {"http://h/..?x", "http://h/?x"},
      // Percent-encoding.
      {"http://h/a b", "http://h/a%20b"},
      {"http://h/a?b c", "http://h/a?b%20c"},
      {"http://h/100%", "http://h/100%25"},
      {"http://h/%zz", "http://h/%25zz"},
      {"http://h/%7euser", "http://h/~user"},
      {"http://h/caf\xC3\xA9", "http://h/caf%C3%A9"},
      {"http://h/?q=\xFF", "http://h/?q=%FF"},
      {"http://h/a\\b", "http://h/a%5Cb"},
      {"http://h/?a[]=1&b={x}|\"", "http://h/?a%5B%5D=1&b=%7Bx%7D%7C%22"},
      {"http://h/a;p=1/b,c:d@e!$&'()*+=", "http://h/a;p=1/b,c:d@e!$&'()*+="},
      {"http://h/?a+b='", "http://h/?a+b='"},
      {"http://h/%00%0d%0a", "http://h/%00%0D%0A"},
      // Authority.
      {"http://@h/", "http://h/"},
      {"http://u@h/", "http://u:@h/"},
      {"http://u:@h/", "http://u:@h/"},
      {"http://:p@h/", "http://:p@h/"},
      {"http://u:p:q@h/", "http://u:p%3Aq@h/"},
      {"http://u:p%20%2f%3d@h/", "http://u:p%20%2F%3D@h/"},
      {"http://[2001:DB8::0:1]:8080/x", "http://[2001:db8::1]:8080/x"},
      {"http+unix://%2Frun%2Fm.sock", "http+unix://%2Frun%2Fm.sock/"},
      {"http+unix://%2Fu@%2Frun%2Fm.sock/a@b", "http+unix://%2Fu:@%2Frun%2Fm.sock/a@b"},
      {"http://h?a/b", "http://h/?a/b"},
      {"http://h#a/b@c", "http://h/"},
      {"http://u:p@h?a/b@c", "http://u:p@h/?a/b@c"},
      {"http://h:8080?a@b/c", "http://h:8080/?a@b/c"},
      {"http://h/a@b:c", "http://h/a@b:c"},
      {"http://h/?a@b", "http://h/?a@b"},
      {"HTTP+Unix://u:p@%2frun%2fM.sock/Path?q", "http+unix://u:p@%2Frun%2FM.sock/Path?q"},
  };
  for (const whole& each : cases) {
    const result<url> made = url::parse(each.text);
    ASSERT_TRUE(made) << each.text << ": " << made.error().message;
    EXPECT_EQ(made->to_string(), each.normal) << each.text;
    EXPECT_EQ(parsed(made->to_string()).to_string(), each.normal) << "a second time";
    EXPECT_EQ(std::string(made->path()) + (made->target().size() > made->path().size() ? "?" : "") +
                  std::string(made->query()),
              made->target());
  }
}

TEST(UrlParse, KnowsUnixSockets) {
  const url made = parsed("http+unix://%2Frun%2Fmodel.sock/api?x=1");
  EXPECT_EQ(made.scheme(), "http+unix");
  EXPECT_EQ(made.endpoint().unix_path, "/run/model.sock");
  EXPECT_EQ(made.host(), "");
  EXPECT_EQ(made.port(), 0);
  EXPECT_FALSE(made.endpoint().tls);
  EXPECT_EQ(made.authority(), "localhost");
  EXPECT_EQ(made.target(), "/api?x=1");
  EXPECT_EQ(made.service_name(), "unix:/run/model.sock");
}

TEST(UrlServiceName, HasThePortAlways) {
  EXPECT_EQ(parsed("http://A.example").service_name(), "a.example:80");
  EXPECT_EQ(parsed("https://a.example").service_name(), "a.example:443");
  EXPECT_EQ(parsed("http://[::1]/").service_name(), "[::1]:80");
  EXPECT_EQ(parsed("http://embedding-service:8000/api").service_name(), "embedding-service:8000");
}

struct bad {
  std::string_view text;
  std::string_view hint;
};

TEST(UrlParse, SaysWhatIsWrong) {
  const bad cases[] = {
      {"", "empty"},
      {" ", "white space"},
      {" http://h/", "white space"},
      {"http://h/ ", "white space"},
      {"http://h/\n", "white space"},
      {"\thttp://h/", "white space"},
      {"h", "begin with"},
      {"/path", "begin with"},
      {"//h/path", "begin with"},
      {"h/path", "begin with"},
      {"localhost:8000/api", "begin with"},
      {"127.0.0.1:8000", "begin with"},
      {"ftp://h/", "begin with"},
      {"file:///etc/passwd", "begin with"},
      {"javascript:alert(1)", "begin with"},
      {"ws://h/", "begin with"},
      {"httpx://h/", "begin with"},
      {"http", "begin with"},
      {"http:", "begin with"},
      {"http:/", "begin with"},
      {"http:h", "begin with"},
      {"http:/h", "begin with"},
      {"http:\\\\h", "begin with"},
      {"://h", "begin with"},
      {"ht tp://h", "begin with"},
      {"1http://h", "begin with"},
      {"http\xC3\xA9://h", "begin with"},
      {"http//h", "begin with"},
      {"http://", "no host"},
      {"http:///path", "no host"},
      {"http://?x", "no host"},
      {"http://#x", "no host"},
      {"http://:80/", "no host"},
      {"http://user@", "no host"},
      {"http://user@:80", "no host"},
      {"http://h h/", "letters"},
      {"http://h\\@evil.example/", "percent-encoded"},
      {"http://good.example\\.evil.example/", "letters"},
      {"http://h\n/", "letters"},
      {"http://h:8o/", "number"},
      {"http://h:65536/", "65535"},
      {"http://a@b@c/", "two '@'"},
      {"http://good.example@evil.example@x/", "two '@'"},
      {"http://a%3Ab:c@h/", "':'"},
      {"http://a%0Ab:c@h/", "control"},
      {"http://a:b%7f@h/", "control"},
      {"http://a:b\x01@h/", "percent-encoded"},
      {"http://a:b c@h/", "percent-encoded"},
      {"http://a:\xC3\xA9@h/", "percent-encoded"},
      {"http://a:b\r\n@h/", "percent-encoded"},
      {"http://h/a\rb", "control"},
      {"http://h/a\nb", "control"},
      {"http://h/a\r\nX: y", "control"},
      {"http://h/a\tb", "control"},
      {"http://h/a\0b"sv, "control"},
      {"http://h/a?b\x7F=", "control"},
      {"http://h/#a\nb", "control"},
      {"http://127.1/", "IPv4"},
      {"http://0x7f.1/", "IPv4"},
      {"http://2130706433/", "IPv4"},
      {"http://[fe80::1%25eth0]/", "zone"},
      {"http://b\xC3\xBC"
       "cher.example/",
       "punycode"},
      {"http+unix:///run/x.sock", "no socket path"},
      {"http+unix://run/x.sock", "absolute"},
      {"http+unix://%2Frun:80/", "port"},
  };
  for (const bad& each : cases) {
    const result<url> made = url::parse(each.text);
    ASSERT_FALSE(made) << each.text << " became " << made->to_string();
    EXPECT_EQ(made.error().code, error_code::validation_error);
    EXPECT_NE(made.error().message.find(each.hint), std::string::npos) << each.text << ": " << made.error().message;
    EXPECT_EQ(made.error().details.at("field"), boost::json::value("url"));
  }
}

TEST(UrlParse, HasNoSecretInItsMessages) {
  for (const std::string_view text :
       {"http://u:s3cret@h h/", "http://u:s3cret@@h/", "http://h:s3cret/", "http://h/\n?key=s3cret", "s3cret://h",
        "http://s3cret@/x", "http+unix://s3cret/"}) {
    const result<url> made = url::parse(text);
    ASSERT_FALSE(made) << text;
    EXPECT_EQ(made.error().message.find("s3cret"), std::string::npos) << made.error().message;
  }
}

TEST(UrlAppendQuery, JoinsWithWhatIsThere) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"http://h/p", "/p?a=b&c"},          {"http://h", "/?a=b&c"},
      {"http://h/p?", "/p?a=b&c"},         {"http://h/p?x", "/p?x&a=b&c"},
      {"http://h/p?x=1&", "/p?x=1&a=b&c"},
  };
  for (const auto& [text, target] : cases) {
    url made = parsed(text);
    made.append_query("a=b&c");
    EXPECT_EQ(made.target(), target);
    EXPECT_EQ(made.query(), target.substr(target.find('?') + 1));
    EXPECT_EQ(made.path(), target.substr(0, target.find('?')));
  }
  url made = parsed("http://h/p");
  made.append_query("");
  EXPECT_EQ(made.target(), "/p");
}

// RFC 3986, 5.4, on an http base.
TEST(UrlResolve, FollowsTheExamplesOfTheRfc) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"g", "/b/c/g"},
      {"./g", "/b/c/g"},
      {"g/", "/b/c/g/"},
      {"/g", "/g"},
      {"?y", "/b/c/d;p?y"},
      {"g?y", "/b/c/g?y"},
      {"#s", "/b/c/d;p?q"},
      {"g#s", "/b/c/g"},
      {"g?y#s", "/b/c/g?y"},
      {";x", "/b/c/;x"},
      {"g;x", "/b/c/g;x"},
      {"g;x?y#s", "/b/c/g;x?y"},
      {"", "/b/c/d;p?q"},
      {".", "/b/c/"},
      {"./", "/b/c/"},
      {"..", "/b/"},
      {"../", "/b/"},
      {"../g", "/b/g"},
      {"../..", "/"},
      {"../../", "/"},
      {"../../g", "/g"},
      {"../../../g", "/g"},
      {"../../../../g", "/g"},
      {"/./g", "/g"},
      {"/../g", "/g"},
      {"g.", "/b/c/g."},
      {".g", "/b/c/.g"},
      {"g..", "/b/c/g.."},
      {"..g", "/b/c/..g"},
      {"./../g", "/b/g"},
      {"./g/.", "/b/c/g/"},
      {"g/./h", "/b/c/g/h"},
      {"g/../h", "/b/c/h"},
      {"g;x=1/./y", "/b/c/g;x=1/y"},
      {"g;x=1/../y", "/b/c/y"},
      {"g?y/./x", "/b/c/g?y/./x"},
      {"g?y/../x", "/b/c/g?y/../x"},
      {"g#s/../x", "/b/c/g"},
  };
  const url base = parsed("http://a/b/c/d;p?q");
  for (const auto& [reference, target] : cases) {
    const result<url> made = base.resolve(reference);
    ASSERT_TRUE(made) << reference;
    EXPECT_EQ(made->target(), target) << reference;
    EXPECT_TRUE(made->same_origin(base));
  }
}

TEST(UrlResolve, GoesElsewhere) {
  const url base = parsed("https://user:pass@a:8443/b?q");
  EXPECT_EQ(base.resolve("//g/x").value().to_string(), "https://g/x");
  EXPECT_EQ(base.resolve("http://g").value().to_string(), "http://g/");
  EXPECT_EQ(base.resolve("HTTP://G/../x y").value().to_string(), "http://g/x%20y");
  EXPECT_EQ(base.resolve("/x").value().to_string(), "https://user:pass@a:8443/x");
  EXPECT_EQ(base.resolve("x:y").error().code, error_code::validation_error);
  EXPECT_EQ(base.resolve("./x:y").value().target(), "/x:y");
  EXPECT_EQ(base.resolve("//").error().code, error_code::validation_error);
  EXPECT_EQ(base.resolve("ftp://g/").error().code, error_code::validation_error);
  EXPECT_EQ(base.resolve("/a\r\nb").error().code, error_code::validation_error);
  EXPECT_EQ(base.resolve("#a\nb").error().code, error_code::validation_error);
  EXPECT_EQ(parsed("http://h").resolve("x").value().target(), "/x");
  EXPECT_EQ(parsed("http+unix://%2Fs/a/b").resolve("c").value().to_string(), "http+unix://%2Fs/a/c");
}

TEST(UrlSameOrigin, ComparesSchemeHostAndPort) {
  const url base = parsed("http://Host:80/a?b");
  EXPECT_TRUE(base.same_origin(parsed("http://host/x")));
  EXPECT_TRUE(base.same_origin(parsed("http://u:p@host")));
  EXPECT_FALSE(base.same_origin(parsed("https://host:80/")));
  EXPECT_FALSE(base.same_origin(parsed("http://host:81/")));
  EXPECT_FALSE(base.same_origin(parsed("http://host2/")));
  EXPECT_TRUE(parsed("http+unix://%2Fa/").same_origin(parsed("http+unix://%2fa/b")));
  EXPECT_FALSE(parsed("http+unix://%2Fa/").same_origin(parsed("http+unix://%2Fb/")));
}

TEST(Url, CopiesStandAlone) {
  url copy;
  {
    const std::string text = "https://a-host-name-that-is-long.example/and/a/path/that/is/long?and=query";
    const url made = parsed(text);
    copy = made;
  }
  EXPECT_EQ(copy.to_string(), "https://a-host-name-that-is-long.example/and/a/path/that/is/long?and=query");
  const url moved = std::move(copy);
  EXPECT_EQ(moved.scheme(), "https");
}

// Whatever goes in: no crash, and what comes out can stand in a request line and a Host header.
TEST(UrlParse, GivesOnlyWhatMayGoOnTheWire) {
  constexpr std::string_view pieces[] = {
      "http://",  "https://", "http+unix://", "h",    "a.b",   "@",     ":",   "/",    "..",   ".",
      "?",        "#",        "%2F",          "%2e",  "%",     "[::1]", "[",   "]",    " ",    "\n",
      "\xC3\xA9", "80",       "\\",           "&k=v", "127.1", "//",    "%00", "\x7F", "xn--a"};
  random_source random(23);
  int accepted = 0;
  for (int i = 0; i < 100000; ++i) {
    std::string text(pieces[random.below(3)]);
    for (std::uint64_t n = random.below(7); n > 0; --n) text.append(pieces[random.below(std::size(pieces))]);
    const result<url> made = url::parse(text);
    if (!made) continue;
    ++accepted;
    ASSERT_EQ(made->target()[0], '/');
    for (const char c : made->target() + made->authority()) {
      ASSERT_TRUE(c > 0x20 && c < 0x7F && c != '"' && c != '<' && c != '\\' && c != '#') << text;
    }
    ASSERT_EQ(made->path().find("/../"), std::string_view::npos) << text;
    ASSERT_FALSE(made->host().empty() && made->endpoint().unix_path.empty());
    const result<url> again = url::parse(made->to_string());
    ASSERT_TRUE(again) << text << " became " << made->to_string() << ": " << again.error().message;
    ASSERT_EQ(again->to_string(), made->to_string());
    ASSERT_TRUE(again->same_origin(*made));
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace enlace
