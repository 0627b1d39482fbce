// Delays and loses packets that a rule of iptables hands to an NFQUEUE, where the kernel has no netem.
// Usage: chaos_netdelay --queue N [--delay-ms N] [--jitter-ms N] [--loss-percent N]

#include <arpa/inet.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <iostream>
#include <memory>
#include <queue>
#include <random>
#include <vector>

#include "soak/arguments.hpp"

namespace enlace::test {
namespace {

using packet_clock = std::chrono::steady_clock;
using milliseconds_d = std::chrono::duration<double, std::milli>;

struct bad_line {
  milliseconds_d delay;
  milliseconds_d jitter;
  double loss;
};

/// Packets that the kernel waits to hear about, the one due next on top.
class delayed_packets {
 public:
  delayed_packets(std::uint16_t number, const bad_line& how)
      : how_(how), library_(nfq_open(), nfq_close), queue_(nullptr, nfq_destroy_queue) {
    if (library_ == nullptr) throw std::runtime_error("no netfilter queues");
    queue_.reset(nfq_create_queue(library_.get(), number, &delayed_packets::arrived, this));
    if (queue_ == nullptr) throw std::runtime_error("the queue can't be had; is another program at it?");
    nfq_set_mode(queue_.get(), NFQNL_COPY_META, 0);
    nfq_set_queue_maxlen(queue_.get(), packets_most);
  }

  /// Until it is ended by a signal: the kernel drops then what waits.
  void run() {
    std::array<char, 65536> buffer{};
    pollfd incoming{nfq_fd(library_.get()), POLLIN, 0};
    while (true) {
      incoming.revents = 0;
      if (::poll(&incoming, 1, let_go()) <= 0) continue;
      const ssize_t size = ::recv(incoming.fd, buffer.data(), buffer.size(), 0);
      if (size > 0) nfq_handle_packet(library_.get(), buffer.data(), static_cast<int>(size));
      // ENOBUFS: the kernel had to drop some, which is what we are for.
      if (size < 0 && errno != ENOBUFS && errno != EINTR) throw std::runtime_error("the queue broke");
    }
  }

 private:
  static constexpr std::uint32_t packets_most = 16384;
  struct packet {
    packet_clock::time_point due;
    std::uint32_t id;
    friend bool operator>(const packet& a, const packet& b) { return a.due > b.due; }
  };

  static int arrived(nfq_q_handle*, nfgenmsg*, nfq_data* data, void* self) {
    const nfqnl_msg_packet_hdr* head = nfq_get_msg_packet_hdr(data);
    if (head != nullptr) static_cast<delayed_packets*>(self)->take(ntohl(head->packet_id));
    return 0;
  }

  void take(std::uint32_t id) {
    if (chance_(random_) * 100 < how_.loss) {
      nfq_set_verdict(queue_.get(), id, NF_DROP, 0, nullptr);
      return;
    }
    const milliseconds_d wait = how_.delay + how_.jitter * (2 * chance_(random_) - 1);
    const packet one{packet_clock::now() + std::chrono::duration_cast<packet_clock::duration>(wait), id};
    waiting_.push(one);
  }

  /// Lets go of what is due, and says how many milliseconds there are until the next.
  int let_go() {
    const packet_clock::time_point now = packet_clock::now();
    while (!waiting_.empty() && waiting_.top().due <= now) {
      nfq_set_verdict(queue_.get(), waiting_.top().id, NF_ACCEPT, 0, nullptr);
      waiting_.pop();
    }
    if (waiting_.empty()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(waiting_.top().due - now).count();
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left, 1));
  }

  bad_line how_;
  std::mt19937 random_{1};
  std::uniform_real_distribution<double> chance_{0, 1};
  std::unique_ptr<nfq_handle, int (*)(nfq_handle*)> library_;
  std::unique_ptr<nfq_q_handle, int (*)(nfq_q_handle*)> queue_;
  std::priority_queue<packet, std::vector<packet>, std::greater<>> waiting_;
};

void delay_packets(const arguments& given) {
  bad_line how{};
  how.delay = milliseconds_d(given.number("delay-ms", 0.0));
  how.jitter = milliseconds_d(given.number("jitter-ms", 0.0));
  how.loss = given.number("loss-percent", 0.0);
  delayed_packets packets(given.number<std::uint16_t>("queue", 0), how);
  std::cout << "ready" << std::endl;
  packets.run();
}

}  // namespace
}  // namespace enlace::test

int main(int count, char** words) {
  try {
    enlace::test::delay_packets(enlace::test::arguments(count, words));
  } catch (const std::exception& wrong) {
    std::cerr << "chaos_netdelay: " << wrong.what() << '\n';
    return 1;
  }
  return 0;
}
