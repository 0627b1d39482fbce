// The floor: what a call costs when nothing is done but to send bytes and to look for the end of the answer.
// Usage: bench_floor PORT TARGET BODY_BYTES CONNECTIONS SECONDS
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "support/measure.hpp"

namespace {

using namespace enlace::bench;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

struct connection {
  int socket = -1;
  std::size_t filled = 0;
  steady::time_point sent;
  std::array<char, 4096> buffer;
};

int connect_to(std::uint16_t port) {
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(s, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0) die("connect");  // NOLINT: the sockets API
  const int on = 1;
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return s;
}

/// Whether the bytes are a whole answer.
bool complete(std::string_view bytes) {
  constexpr std::string_view name = "Content-Length: ";
  const std::size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return false;
  const std::size_t field = bytes.find(name);
  if (field == std::string_view::npos || field > head_end) die("an answer without Content-Length");
  std::size_t length = 0;
  std::from_chars(bytes.data() + field + name.size(), bytes.data() + head_end, length);
  return bytes.size() >= head_end + 4 + length;
}

void send_on(connection& c, std::string_view request) {
  c.filled = 0;
  c.sent = steady::now();
  if (send(c.socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) die("send");
}

}  // namespace

int main(int count, char** args) {
  if (count != 6) return 2;
  const auto port = static_cast<std::uint16_t>(std::atoi(args[1]));
  const std::size_t body = std::strtoul(args[3], nullptr, 10);
  std::vector<connection> all(std::strtoul(args[4], nullptr, 10));
  const double seconds = std::strtod(args[5], nullptr);
  const std::string request = "POST " + std::string(args[2]) + " HTTP/1.1\r\nHost: 127.0.0.1:" + args[1] +
                              "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body) +
                              "\r\n\r\n" + std::string(body, 'x');
  const int loop = epoll_create1(0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].socket = connect_to(port);
    epoll_event what{};
    what.events = EPOLLIN | EPOLLET;
    what.data.u64 = i;
    epoll_ctl(loop, EPOLL_CTL_ADD, all[i].socket, &what);
  }
  const stretch measured;
  for (connection& each : all) send_on(each, request);
  std::vector<float> latencies;
  std::size_t calls = 0;
  std::array<epoll_event, 128> ready{};
  while (measured.elapsed() < seconds) {
    const int got = epoll_wait(loop, ready.data(), static_cast<int>(ready.size()), 1000);
    for (int i = 0; i < got; ++i) {
      connection& c = all[ready[static_cast<std::size_t>(i)].data.u64];
      const ssize_t size = recv(c.socket, c.buffer.data() + c.filled, c.buffer.size() - c.filled, MSG_DONTWAIT);
      if (size <= 0) die("recv");
      c.filled += static_cast<std::size_t>(size);
      if (!complete({c.buffer.data(), c.filled})) continue;
      ++calls;
      if (all.size() == 1) latencies.push_back(static_cast<float>(seconds_since(c.sent) * 1e6));
      send_on(c, request);
    }
  }
  measured.end(calls);
  print_latency(latencies);
  std::printf("\n");
}
