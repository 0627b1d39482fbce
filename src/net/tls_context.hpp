#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include <boost/asio/ssl/context.hpp>
#include <enlace/exchange.hpp>

namespace enlace {

/// TLS 1.2 and up as a client, with the peer's certificate and name checked, and sessions remembered by endpoint for
/// a shorter handshake. Belongs to one loop.
class tls_context {
 public:
  /// Throws `failure` (CONFIGURATION_ERROR) when the CA file can't be read.
  explicit tls_context(const tls_settings& settings);

  [[nodiscard]] boost::asio::ssl::context& native() noexcept { return context_; }

  /// Makes a new connection ready for its handshake: server name, name check, remembered session.
  void prepare(SSL* connection, const endpoint& peer);

 private:
  struct free_session {
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  };
  static constexpr std::size_t sessions_most = 1024;

  static int on_new_session(SSL* connection, SSL_SESSION* session) noexcept;

  boost::asio::ssl::context context_;
  bool verify_;
  std::unordered_map<std::string, std::unique_ptr<SSL_SESSION, free_session>> sessions_;
};

}  // namespace enlace
