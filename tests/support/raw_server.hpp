#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace enlace::test {

/// A server that does with each connection, in a thread of its own, what the test says. Counts connections and
/// requests.
class raw_server {
 public:
  /// A connection, blocking.
  class peer {
   public:
    explicit peer(int socket, raw_server& of) : socket_(socket), of_(of) {}
    /// Reads one request (head, and body by its Content-Length). False: the client closed.
    bool read_request() {
      std::size_t end = std::string::npos;
      while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive()) return false;
      }
      const std::size_t at = unread_.find("Content-Length: ");
      const std::size_t body = at < end ? std::stoul(unread_.substr(at + 16)) : 0;
      while (unread_.size() < end + 4 + body) {
        if (!receive()) return false;
      }
      unread_.erase(0, end + 4 + body);
      ++of_.requests;
      return true;
    }
    void send(std::string_view bytes) {
      while (!bytes.empty()) {
        const ssize_t taken = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (taken <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(taken));
      }
    }
    /// Waits until the client closes.
    void linger() {
      while (receive()) {
      }
    }
    void reset() {
      const linger_option at_once{1, 0};
      ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }

   private:
    using linger_option = ::linger;
    bool receive() {
      char bytes[4096];
      const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
      if (got <= 0) return false;
      unread_.append(bytes, static_cast<std::size_t>(got));
      return true;
    }
    int socket_;
    raw_server& of_;
    std::string unread_;
  };

  explicit raw_server(std::function<void(peer&, int)> behave) : behave_(std::move(behave)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&at), size) != 0 || ::listen(listener_, 128) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
      throw std::runtime_error("can't listen on 127.0.0.1");
    }
    port_ = ntohs(at.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  raw_server(const raw_server&) = delete;
  raw_server& operator=(const raw_server&) = delete;
  ~raw_server() {
    stopping_ = true;
    accepting_.join();
    ::close(listener_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    for (std::thread& each : peers_) each.join();
    for (const int socket : sockets_) ::close(socket);
  }

  [[nodiscard]] std::string url(std::string_view target = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(target);
  }
  std::atomic<int> connections{0};
  std::atomic<int> requests{0};
  /// Connections that it has closed.
  std::atomic<int> closed{0};

 private:
  void accept_all() {
    while (!stopping_) {
      pollfd wait{listener_, POLLIN, 0};
      if (::poll(&wait, 1, 5) <= 0) continue;
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      const int number = ++connections;
      sockets_.push_back(socket);
      peers_.emplace_back([this, socket, number] {
        peer one(socket, *this);
        behave_(one, number);
        // Closed for the client to see; the descriptor itself at the end, so that its number is not reused.
        linger_or_shut(socket);
        ++closed;
      });
    }
  }
  static void linger_or_shut(int socket) {
    ::linger set{};
    socklen_t size = sizeof set;
    ::getsockopt(socket, SOL_SOCKET, SO_LINGER, &set, &size);
    if (set.l_onoff != 0) {
      // A reset needs the close itself; the number is taken by a dead socket at once.
      const int dead = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      ::dup2(dead, socket);
      ::close(dead);
    } else {
      ::shutdown(socket, SHUT_RDWR);
    }
  }

  std::function<void(peer&, int)> behave_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::vector<int> sockets_;
  std::vector<std::thread> peers_;
  std::thread accepting_;
};

}  // namespace enlace::test
