#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <enlace/exchange.hpp>

#include "codec/response_reader.hpp"

namespace enlace::test {

/// A blocking client over a bare socket, which sends what it is told and sees what really comes. What takes more than
/// ten seconds throws.
class raw_client {
 public:
  enum class ending { closed, reset };

  explicit raw_client(std::uint16_t port) : raw_client(AF_INET) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "connect");
  }
  /// To a Unix socket.
  explicit raw_client(const std::string& path) : raw_client(AF_UNIX) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, path.c_str(), path.size() + 1);
    require(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "connect");
  }
  raw_client(raw_client&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), unread_(std::move(other.unread_)) {}
  raw_client& operator=(raw_client&&) = delete;
  ~raw_client() { close(); }

  void close() noexcept {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  /// Ends the sending side alone.
  void shut() { ::shutdown(socket_, SHUT_WR); }
  /// Closes with RST.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  /// Of the receiving side, in bytes; before anything is sent.
  void shrink_buffer() {
    const int size = 4096;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      wait_for(POLLOUT);
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      require(sent > 0, "send");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// As `send`, but a peer that is gone is no failure.
  bool try_send(std::string_view bytes) { return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0; }

  void get(std::string_view target, std::string_view fields = "") {
    send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n");
  }

  /// Reads until `mark` has come, and gives back all up to its end.
  std::string read_until(std::string_view mark) {
    std::size_t found = unread_.find(mark);
    while (found == std::string::npos) {
      require(receive() > 0, "the peer has closed");
      found = unread_.find(mark);
    }
    std::string got = unread_.substr(0, found + mark.size());
    unread_.erase(0, got.size());
    return got;
  }

  /// Reads one answer with the client's own reader. What comes behind it stays for the next call.
  incoming read_answer(std::string_view method = "GET") {
    incoming in;
    response_reader reader;
    reader.start(in, method, 64U << 10, 64ULL << 20);
    for (;;) {
      if (unread_.empty() && receive() <= 0) {
        reader.finish();
        return in;
      }
      std::size_t used = 0;
      const auto at = reader.feed(unread_, used);
      unread_.erase(0, used);
      if (at != response_reader::progress::need_more) return in;
    }
  }

  incoming ask(std::string_view target, std::string_view fields = "") {
    get(target, fields);
    return read_answer();
  }

  /// Reads all that comes until the peer ends the connection.
  ending read_to_end(std::string& all) {
    ssize_t got = 1;
    while (got > 0) got = receive();
    all = std::exchange(unread_, {});
    return got == 0 ? ending::closed : ending::reset;
  }
  ending read_to_end() {
    std::string ignored;
    return read_to_end(ignored);
  }
  /// Whether bytes, or the end, are there to be read within that time.
  bool readable_within(std::chrono::milliseconds time) {
    pollfd look{socket_, POLLIN, 0};
    return !unread_.empty() || ::poll(&look, 1, static_cast<int>(time.count())) > 0;
  }

 private:
  explicit raw_client(int family) : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    require(socket_ >= 0, "socket");
  }

  static void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(std::string("raw_client: ") + what + ": " + std::strerror(errno));
  }
  void wait_for(short event) {
    pollfd look{socket_, event, 0};
    require(::poll(&look, 1, 10'000) > 0, "nothing happens");
  }
  /// 0 at the end, -1 when it was reset.
  ssize_t receive() {
    wait_for(POLLIN);
    char piece[65'536];
    const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
    if (got > 0) unread_.append(piece, static_cast<std::size_t>(got));
    return got;
  }

  int socket_ = -1;
  std::string unread_;
};

}  // namespace enlace::test
