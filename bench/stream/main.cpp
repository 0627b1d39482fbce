// Streams through enlace::client, and the same through a plain recv loop.
// Usage: bench_stream MODE PORT SECONDS
//   bytes, raw_bytes       CPU a MiB
//   events, raw_events     CPU an event of 100 bytes
//   latency, raw_latency   from the sender's write to the reader's hand, an event a millisecond
// Usage: bench_stream idle PORT COUNT: memory of a stream that waits
#include <malloc.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <enlace/client.hpp>

#include "support/measure.hpp"

namespace {

using namespace enlace;
using namespace enlace::bench;
namespace asio = boost::asio;

std::string address(std::string_view port, std::string_view target) {
  return "http://127.0.0.1:" + std::string(port) + std::string(target);
}

settings many_connections() {
  settings values;
  values.client.connections_per_host = 20'000;
  values.limits.max_in_flight = 0;
  return values;
}

float since_us(std::string_view sent) {
  std::int64_t at = 0;
  std::from_chars(sent.data(), sent.data() + sent.size(), at);
  return static_cast<float>(steady::now().time_since_epoch().count() - at) / 1000.0F;
}

/// What a mode counts, and how.
struct counting {
  std::string target;
  bool bytes = false;
  bool latency = false;
};

counting counting_of(std::string_view mode) {
  if (mode.ends_with("bytes")) return {"/bytes?mb=1000000", true, false};
  if (mode.ends_with("events")) return {"/events?count=1000000000", false, false};
  return {"/ticks?count=1000000", false, true};
}

void print(const stretch& measured, double units, std::vector<float>& latencies) {
  measured.end(static_cast<std::size_t>(units));
  print_latency(latencies);
  std::printf("\n");
}

asio::awaitable<void> read_stream(stream from, counting how, double seconds) {
  const stream_event* event = co_await from.next();
  // Half a second until buffers have their size.
  for (const stretch warm; event != nullptr && warm.elapsed() < seconds / 2;) event = co_await from.next();
  double units = 0;
  std::vector<float> latencies;
  const stretch measured;
  for (std::uint64_t i = 0; event != nullptr; ++i) {
    if (how.latency) latencies.push_back(since_us(event->data));
    units += how.bytes ? static_cast<double>(event->data.size()) / (1 << 20) : 1;
    if ((i % 64 == 0 || how.latency) && measured.elapsed() > seconds) break;
    event = co_await from.next();
  }
  print(measured, units, latencies);
}

/// The floor: a blocking socket, 64 KiB at a time, and for events a look for their ends.
void read_raw(const std::string& port, const counting& how, double seconds) {
  asio::io_context loop;
  asio::ip::tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(port))});
  const std::string request = "GET " + how.target + " HTTP/1.1\r\nHost: a\r\n\r\n";
  asio::write(socket, asio::buffer(request));
  static char buffer[64 * 1024];
  double units = 0;
  std::vector<float> latencies;
  const stretch warm;
  std::optional<stretch> measured;
  while (!measured || measured->elapsed() < seconds) {
    const ssize_t got = ::recv(socket.native_handle(), buffer, sizeof buffer, 0);
    if (got <= 0) break;
    if (!measured) {
      if (warm.elapsed() > seconds / 2) measured.emplace();
      continue;
    }
    const std::string_view text(buffer, static_cast<std::size_t>(got));
    if (how.bytes) {
      units += static_cast<double>(got) / (1 << 20);
    } else if (how.latency) {
      const std::size_t at = text.find("data: ");
      if (at != std::string_view::npos) latencies.push_back(since_us(text.substr(at + 6)));
      units += 1;
    } else {
      for (std::size_t at = text.find("\n\n"); at != std::string_view::npos; at = text.find("\n\n", at + 2)) units += 1;
    }
  }
  print(*measured, units, latencies);
}

asio::awaitable<void> wait_for_second(client& with, std::string where, std::size_t& here) {
  stream from =
      with.stream(get(where).timeout(std::chrono::minutes(10)).between_events_timeout(std::chrono::minutes(10)));
  const stream_event* event = co_await from.next();
  if (event != nullptr) ++here;
  event = co_await from.next();
}

int measure_idle(const std::string& port, std::size_t wanted) {
  asio::io_context loop(1);
  client with(loop.get_executor(), options::make(many_connections()).value());
  std::size_t here = 0;
  const auto add = [&](std::size_t count) {
    const std::size_t until = here + count;
    for (std::size_t i = 0; i < count; ++i) {
      asio::co_spawn(loop, wait_for_second(with, address(port, "/idle"), here), asio::detached);
      if (i % 100 == 99) loop.run_for(std::chrono::milliseconds(10));
    }
    for (int i = 0; i < 300 && here < until; ++i) loop.run_for(std::chrono::milliseconds(100));
    return here == until;
  };
  if (!add(10)) return 1;
  const std::size_t before = mallinfo2().uordblks;
  if (!add(wanted)) return 1;
  std::printf("streams=%zu bytes=%zu\n", wanted, (mallinfo2().uordblks - before) / wanted);
  std::fflush(stdout);
  _exit(0);
}

}  // namespace

int main(int count, char** args) {
  if (count != 4) return 2;
  const std::string mode = args[1];
  const std::string port = args[2];
  if (mode == "idle") return measure_idle(port, std::strtoul(args[3], nullptr, 10));
  const double seconds = std::strtod(args[3], nullptr);
  const counting how = counting_of(mode);
  if (mode.starts_with("raw_")) {
    read_raw(port, how, seconds);
    return 0;
  }
  asio::io_context loop(1);
  client with(loop.get_executor());
  asio::co_spawn(loop, read_stream(with.stream(get(address(port, how.target))), how, seconds), asio::detached);
  loop.run();
}
