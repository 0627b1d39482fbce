#include "net/tls_context.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <enlace/result.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace enlace {

namespace {

std::string session_name(const endpoint& peer) { return peer.host + ':' + std::to_string(peer.port) + peer.unix_path; }

/// Where a connection keeps the name under which its sessions are remembered; freed with the connection.
int name_index() {
  static const int index = SSL_get_ex_new_index(
      0, nullptr, nullptr, nullptr,
      [](void*, void* name, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<std::string*>(name); });
  return index;
}

/// Where an SSL_CTX keeps the tls_context it belongs to. Its "app data" is Asio's own.
int owner_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

}  // namespace

tls_context::tls_context(const tls_settings& settings)
    : context_(boost::asio::ssl::context::tls_client), verify_(settings.verify) {
  SSL_CTX* native = context_.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_ex_data(native, owner_index(), this);
  SSL_CTX_sess_set_new_cb(native, &tls_context::on_new_session);
  // An idle connection gives its buffers back.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  boost::system::error_code failed;
  if (settings.ca_file.empty()) {
    context_.set_default_verify_paths(failed);
  } else {
    context_.load_verify_file(settings.ca_file, failed);
  }
  if (failed) {
    throw failure(error(error_code::configuration_error,
                        "ca_file '" + settings.ca_file + "' can't be used: " + failed.message()));
  }
}

void tls_context::prepare(SSL* connection, const endpoint& peer) {
  boost::system::error_code not_literal;
  boost::asio::ip::make_address(peer.host, not_literal);
  if (not_literal) SSL_set_tlsext_host_name(connection, peer.host.c_str());
  static constexpr unsigned char http1[] = "\x08http/1.1";
  SSL_set_alpn_protos(connection, http1, sizeof(http1) - 1);
  if (verify_) {
    SSL_set_verify(connection, SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM* check = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (not_literal) {
      X509_VERIFY_PARAM_set1_host(check, peer.host.c_str(), peer.host.size());
    } else {
      X509_VERIFY_PARAM_set1_ip_asc(check, peer.host.c_str());
    }
  } else {
    SSL_set_verify(connection, SSL_VERIFY_NONE, nullptr);
  }
  auto name = std::make_unique<std::string>(session_name(peer));
  const auto known = sessions_.find(*name);
  if (known != sessions_.end()) SSL_set_session(connection, known->second.get());
  if (SSL_set_ex_data(connection, name_index(), name.get()) == 1) name.release();  // NOLINT: freed with the connection
}

int tls_context::on_new_session(SSL* connection, SSL_SESSION* session) noexcept {
  auto* self = static_cast<tls_context*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), owner_index()));
  const auto* name = static_cast<const std::string*>(SSL_get_ex_data(connection, name_index()));
  if (name == nullptr) return 0;
  if (self->sessions_.size() >= sessions_most && !self->sessions_.contains(*name)) self->sessions_.clear();
  self->sessions_[*name].reset(session);
  return 1;  // the session is ours now
}

}  // namespace enlace
