#pragma once

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace enlace::test {

/// A server without a thread of its own, for a test that runs the client's loop between its steps: so the client has
/// read one piece before the next is sent. None of its steps waits. It has one connection at a time; a new one takes
/// the place of the old one.
class malformed_peer {
 public:
  malformed_peer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&at), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
      throw std::runtime_error("can't listen on 127.0.0.1");
    }
    port_ = ntohs(at.sin_port);
  }
  malformed_peer(const malformed_peer&) = delete;
  malformed_peer& operator=(const malformed_peer&) = delete;
  ~malformed_peer() {
    drop();
    ::close(listener_);
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// How many connections it has taken.
  [[nodiscard]] int connections() const noexcept { return connections_; }

  /// Whether a request has come whole, on the connection or on a new one.
  bool take_request() {
    accept();
    receive();
    const std::size_t end = unread_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    unread_.erase(0, end + 4);
    return true;
  }
  /// False: the client is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t taken = ::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (taken <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(taken));
    }
    return true;
  }
  /// Says that nothing more will come.
  void end() noexcept {
    ::shutdown(connection_, SHUT_WR);
    ended_ = true;
  }
  /// Breaks the connection.
  void drop() noexcept {
    if (connection_ < 0) return;
    const linger at_once{1, 0};
    ::setsockopt(connection_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(connection_, -1));
    unread_.clear();
  }
  /// Whether all that was sent lies in the client's socket, the end of it too if there was one; or the client is gone.
  [[nodiscard]] bool arrived() const noexcept {
    if (!is_clients(clients_end_)) return true;
    if (ended_) {
      tcp_info state{};
      socklen_t size = sizeof state;
      const bool known = ::getsockopt(clients_end_, IPPROTO_TCP, TCP_INFO, &state, &size) == 0;
      return !known || state.tcpi_state != TCP_ESTABLISHED;
    }
    // What has arrived is known by its acknowledgement, which the client's end would otherwise put off.
    const int yes = 1;
    ::setsockopt(clients_end_, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
    int on_the_way = 0;
    return ::ioctl(connection_, SIOCOUTQ, &on_the_way) != 0 || on_the_way == 0;
  }

 private:
  void accept() {
    const int next = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (next < 0) return;
    drop();
    connection_ = next;
    ended_ = false;
    ++connections_;
    clients_port_ = port_of(connection_, ::getpeername);
    clients_end_ = find_clients_end();
    const int yes = 1;
    ::setsockopt(connection_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  void receive() {
    char bytes[4096];
    const ssize_t got = ::recv(connection_, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got > 0) unread_.append(bytes, static_cast<std::size_t>(got));
  }

  /// The port on either side of a socket of this process; 0 where it is none.
  template <class Name>
  static std::uint16_t port_of(int socket, Name name) noexcept {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    const bool known = name(socket, reinterpret_cast<sockaddr*>(&at), &size) == 0 && at.sin_family == AF_INET;
    return known ? ntohs(at.sin_port) : std::uint16_t{0};
  }
  [[nodiscard]] bool is_clients(int socket) const noexcept {
    return socket >= 0 && port_of(socket, ::getpeername) == port_ && port_of(socket, ::getsockname) == clients_port_;
  }
  /// The other end of the connection, which is in this process too; -1: it is closed already.
  [[nodiscard]] int find_clients_end() const noexcept {
    for (int each = 0; each < 256; ++each) {
      if (is_clients(each)) return each;
    }
    return -1;
  }

  int listener_;
  std::uint16_t port_ = 0;
  int connection_ = -1;
  bool ended_ = false;
  std::uint16_t clients_port_ = 0;
  int clients_end_ = -1;
  int connections_ = 0;
  std::string unread_;
};

}  // namespace enlace::test
