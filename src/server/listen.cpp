#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <enlace/result.hpp>
#include <enlace/url.hpp>

#include "server/server_core.hpp"

namespace enlace {

namespace {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;

constexpr std::string_view unix_prefix = "unix:";

[[noreturn]] void refuse(std::string_view address, std::string_view why) {
  throw failure(
      error(error_code::configuration_error, "can't listen on " + std::string(address) + ": " + std::string(why)));
}

/// Whether a socket lies there that nobody listens on any more, as a killed server leaves it behind.
bool is_stale(const asio::any_io_executor& executor, const std::string& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return false;
  local::socket probe(executor);
  boost::system::error_code ec;
  probe.connect(local::endpoint(path), ec);
  return ec == asio::error::connection_refused;
}

}  // namespace

void server_core::listen(std::string_view address, std::uint16_t port) {
  if (address.starts_with(unix_prefix)) {
    listen_unix(address.substr(unix_prefix.size()));
  } else {
    listen_tcp(address, port);
  }
}

void server_core::listen_tcp(std::string_view address, std::uint16_t port) {
  boost::system::error_code ec;
  const asio::ip::address ip = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, ec);
  if (ec) refuse(address, "it is neither an IP address nor \"unix:\" and a path");
  const asio::ip::tcp::endpoint where(ip, port);
  const std::string shown = (ip.is_v6() ? '[' + ip.to_string() + ']' : ip.to_string()) + ':';
  listener_.open(where.protocol(), ec);
  if (!ec) listener_.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) listener_.bind(where, ec);
  if (!ec) listener_.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) refuse(shown + std::to_string(port), ec.message());

  asio::ip::tcp::endpoint bound;
  const auto generic = listener_.local_endpoint();
  bound.resize(generic.size());
  std::memcpy(bound.data(), generic.data(), generic.size());
  port_ = bound.port();
  url_ = (options_.tls ? "https://" : "http://") + shown + std::to_string(port_);
}

void server_core::listen_unix(std::string_view path) {
  const std::string file(path);
  if (file.empty() || file.size() >= sizeof(sockaddr_un::sun_path)) refuse(path, "the path is empty or too long");
  const local::endpoint where(file);
  boost::system::error_code ec;
  listener_.open(where.protocol(), ec);
  if (!ec) listener_.bind(where, ec);
  if (ec == asio::error::address_in_use && is_stale(executor_, file)) {
    ::unlink(file.c_str());
    listener_.bind(where, ec);
  }
  if (ec) refuse(path, ec.message());
  socket_file_ = file;
  listener_.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) refuse(path, ec.message());
  url_ = "http+unix://" + percent_encode(file);
}

void server_core::remove_socket_file() noexcept {
  if (socket_file_.empty()) return;
  ::unlink(socket_file_.c_str());
  socket_file_.clear();
}

}  // namespace enlace
