// Against nginx, which nobody here wrote.

#include "support/nginx.hpp"

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "support/call_on_loop.hpp"

namespace enlace::test {
namespace {

using namespace std::chrono_literals;

class Nginx : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(nginx::available()) << "nginx is not installed; scripts/setup does it"; }
};

TEST_F(Nginx, AnswersCompressedAndPlain) {
  nginx upstream(
      "gzip on; gzip_types application/json; gzip_min_length 1;"
      "location /json { default_type application/json; return 200 "
      "'{\"text\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}'; }"
      "location /gone { return 410; } location /empty { return 204; }");
  loop_client c;
  const reply r = c.call(get(upstream.url("/json")));
  ASSERT_TRUE(r.success()) << r.error().message;
  EXPECT_EQ(r.data().at("text").as_string().size(), 36U);
  EXPECT_FALSE(r.headers().contains("Content-Encoding"));
  EXPECT_EQ(c.call(get(upstream.url("/gone"))).error().code, error_code::not_found);
  EXPECT_TRUE(c.call(get(upstream.url("/empty"))).success());
}

TEST_F(Nginx, KeepsConnectionsAndSharesThem) {
  nginx upstream("location / { default_type text/plain; return 200 $connection; }");
  settings values;
  values.client.connections_per_host = 8;
  loop_client c(std::move(values));
  std::set<std::string> connections;
  int succeeded = 0;
  for (int i = 0; i < 200; ++i) {
    boost::asio::co_spawn(c.loop, c.caller.call(get(upstream.url("/"))), [&](std::exception_ptr, reply r) {
      if (!r.success()) return;
      ++succeeded;
      connections.emplace(r.data().at("text").as_string());
    });
  }
  c.loop.run();
  EXPECT_EQ(succeeded, 200);
  EXPECT_LE(connections.size(), 8U);
}

TEST_F(Nginx, TakesAndGivesLargeBodies) {
  nginx upstream(
      "client_max_body_size 64m; location /put { root %FOLDER%; dav_methods PUT; client_body_in_file_only off; }"
      "location /big { root %FOLDER%; default_type text/plain; }");
  const std::string big(10U << 20, 'x');
  std::ofstream(upstream.folder().path() / "big") << big;
  loop_client c;
  const reply r = c.call(get(upstream.url("/big")));
  ASSERT_TRUE(r.success()) << r.error().message;
  EXPECT_EQ(r.data().at("text").as_string().size(), big.size());
  const reply refused = c.call(post(upstream.url("/big")).body(big, "text/plain"));
  EXPECT_EQ(refused.call().status, 405);
}

TEST_F(Nginx, SpeaksTlsWithOurOwnAuthority) {
  temporary_folder keys;
  const std::string at = keys.path().string();
  const std::string make =
      "cd " + at +
      " && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem 2>/dev/null && "
      "openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout s.key -out s.csr 2>/dev/null && "
      "printf 'subjectAltName=DNS:localhost' > ext && "
      "openssl x509 -req -in s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out s.pem "
      "2>/dev/null";
  ASSERT_EQ(std::system(make.c_str()), 0);
  nginx upstream(
      "ssl_certificate " + at + "/s.pem; ssl_certificate_key " + at +
          "/s.key; location / { default_type text/plain; return 200 \"$ssl_protocol $ssl_session_reused\"; }",
      "", "ssl");
  const std::string port = std::to_string(upstream.port());
  settings trusting;
  trusting.tls.ca_file = at + "/ca.pem";
  loop_client c(trusting);
  const reply first = c.call(get("https://localhost:" + port + "/"));
  ASSERT_TRUE(first.success()) << first.error().message;
  EXPECT_TRUE(first.data().at("text").as_string().starts_with("TLSv"));
  c.caller.close_idle();
  const reply again = c.call(get("https://localhost:" + port + "/"));
  EXPECT_EQ(again.data().at("text").as_string().back(), 'r') << "the session was not reused";

  const reply wrong_name = c.call(get("https://127.0.0.1:" + port + "/").max_attempts(1));
  EXPECT_EQ(wrong_name.error().details.at("error"), "tls");
  loop_client stranger;
  const reply untrusted = stranger.call(get("https://localhost:" + port + "/").max_attempts(1));
  EXPECT_EQ(untrusted.error().details.at("error"), "tls");
  settings blind;
  blind.tls.verify = false;
  loop_client careless(blind);
  EXPECT_TRUE(careless.call(get("https://127.0.0.1:" + port + "/")).success());
}

}  // namespace
}  // namespace enlace::test
