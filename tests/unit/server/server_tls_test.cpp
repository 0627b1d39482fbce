// TLS, with a certificate made on the spot.
#include <atomic>
#include <memory>
#include <string>

#include <boost/asio/connect.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "codec/response_reader.hpp"
#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace enlace {
namespace {

namespace asio = boost::asio;
using test::eventually;
using test::raw_client;
using test::test_upstream;

/// A server's TLS settings with a self-signed certificate for "localhost".
std::shared_ptr<asio::ssl::context> self_signed() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_use_certificate(context->native_handle(), certificate.get());
  SSL_CTX_use_PrivateKey(context->native_handle(), key.get());
  return context;
}

server_options with_tls() {
  server_options options;
  options.tls = self_signed();
  options.request_timeout = std::chrono::seconds(2);
  return options;
}

class tls_client {
 public:
  explicit tls_client(std::uint16_t port) {
    stream_.next_layer().connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port));
    // What is sent in two pieces shall arrive in two.
    stream_.next_layer().set_option(asio::ip::tcp::no_delay(true));
    stream_.handshake(asio::ssl::stream_base::client);
  }

  void get(std::string_view target) {
    const std::string text = "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    asio::write(stream_, asio::buffer(text));
  }
  /// `ended` says how the stream ended, where it did.
  incoming read_answer(boost::system::error_code& ended) {
    incoming in;
    response_reader reader;
    reader.start(in, "GET", 64U << 10, 64ULL << 20);
    char piece[4096];
    for (;;) {
      const std::size_t got = stream_.read_some(asio::buffer(piece), ended);
      std::size_t used = 0;
      if (ended) {
        reader.finish();
        return in;
      }
      if (reader.feed(std::string_view(piece, got), used) != response_reader::progress::need_more) return in;
    }
  }
  incoming ask(std::string_view target) {
    boost::system::error_code ignored;
    get(target);
    return read_answer(ignored);
  }
  /// Sends close_notify, and waits a little in vain for the server's.
  void say_goodbye() {
    stream_.async_shutdown([](const boost::system::error_code&) {});
    loop_.run_for(std::chrono::milliseconds(20));
  }
  void close() { stream_.next_layer().close(); }
  boost::system::error_code read_to_end() {
    boost::system::error_code ended;
    char piece[4096];
    while (!ended) stream_.read_some(asio::buffer(piece), ended);
    return ended;
  }

 private:
  asio::io_context loop_;
  asio::ssl::context context_{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream_{loop_, context_};
};

TEST(ServerTls, ServesManyRequestsOnAConnection) {
  test_upstream upstream(with_tls());
  EXPECT_TRUE(upstream.url().starts_with("https://127.0.0.1:"));
  tls_client client(upstream.port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask("/status/200").body, "{\"status\":200}");
  EXPECT_EQ(client.ask("/drip?bytes=500000&interval_ms=0").body.size(), 500'000U);
}

TEST(ServerTls, EndsWithACloseNotify) {
  test_upstream upstream(with_tls());
  tls_client client(upstream.port());
  boost::system::error_code ended;
  client.get("/status/200\x01");
  EXPECT_EQ(client.read_answer(ended).status, 400);
  EXPECT_EQ(client.read_to_end(), asio::error::eof);
}

TEST(ServerTls, TruncatesWithoutOne) {
  test_upstream upstream(with_tls());
  tls_client client(upstream.port());
  boost::system::error_code ended;
  client.get("/truncate");
  EXPECT_EQ(client.read_answer(ended).failure, wire_failure::truncated);
  EXPECT_EQ(ended, asio::ssl::error::stream_truncated);
}

TEST(ServerTls, Resets) {
  test_upstream upstream(with_tls());
  tls_client client(upstream.port());
  boost::system::error_code ended;
  client.get("/reset");
  client.read_answer(ended);
  EXPECT_EQ(ended, asio::error::connection_reset);
}

TEST(ServerTls, ClosesOneThatDoesNotSpeakTls) {
  test_upstream upstream(with_tls());
  raw_client client(upstream.port());
  client.get("/");
  std::string all;
  client.read_to_end(all);
  EXPECT_FALSE(all.starts_with("HTTP"));
}

TEST(ServerTls, ClosesOneThatDoesNotShakeHands) {
  server_options options = with_tls();
  options.request_timeout = std::chrono::milliseconds(60);
  test_upstream upstream(options);
  raw_client client(upstream.port());
  EXPECT_EQ(client.read_to_end(), raw_client::ending::closed);
}

TEST(ServerTls, CancelsAWatchedHandlerWhenItsClientHangsUp) {
  std::atomic<int> begun = 0;
  std::atomic<int> ended = 0;
  const auto handler = [&](const server_request& request, responder& out) -> asio::awaitable<void> {
    out.cancel_on_hang_up();
    if (request.path() == "/quick") {
      co_await out.send(200, "text/plain", "quick");
      co_return;
    }
    const std::shared_ptr<void> guard(nullptr, [&ended](void*) { ++ended; });
    ++begun;
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
    co_await timer.async_wait(asio::deferred);
  };
  test::test_server server(handler, with_tls());
  int clients = 0;
  for (const bool politely : {false, true}) {
    tls_client client(server.port());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask("/quick").body, "quick");
    client.get("/watch");
    ++clients;
    ASSERT_TRUE(eventually([&] { return begun == clients; }));
    // Its alert comes before the end, as bytes that say nothing of it.
    if (politely) client.say_goodbye();
    client.close();
    EXPECT_TRUE(eventually([&] { return ended == clients; }));
  }
  EXPECT_TRUE(eventually([&] { return server.server().connections() == 0; }));
}

TEST(ServerTls, StopsInTheMiddleOfAnything) {
  server_options options = with_tls();
  options.stop_grace = std::chrono::milliseconds(10);
  test_upstream upstream(options);
  raw_client handshake(upstream.port());
  tls_client idle(upstream.port());
  EXPECT_EQ(idle.ask("/echo").status, 200);
  tls_client stream(upstream.port());
  stream.get("/sse?events=100000&interval_ms=1");
  tls_client hang(upstream.port());
  hang.get("/hang?key=k");
  ASSERT_TRUE(eventually([&] { return upstream.count("k") == 1; }));
  upstream.stop();
  EXPECT_EQ(upstream.server().connections(), 0U);
  EXPECT_TRUE(stream.read_to_end());
  EXPECT_TRUE(hang.read_to_end());
}

}  // namespace
}  // namespace enlace
