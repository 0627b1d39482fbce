// Calls through enlace::client with every policy on.
// Usage: bench_call MODE PORT SECONDS
//   plain, json, latency, large, tenants, services   against the server of scripts/bench
//   raw_large                       1 MB received by hand and parsed: what `large` is compared with
//   cached, cached_2, rejected      whole calls that never reach the network
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>

#include "call/workload.hpp"
#include "support/count_new.hpp"
#include "support/measure.hpp"

namespace {

using namespace enlace;
using namespace enlace::bench;
namespace asio = boost::asio;
using std::chrono::duration_cast;

struct setting {
  std::string mode;
  std::string port;
  seconds_d time;

  [[nodiscard]] std::string url(std::string_view target) const {
    return "http://127.0.0.1:" + port + std::string(target);
  }
};

/// The calls after a warm-up of half the time, in which connections to 1,000 services are opened, too.
void measure(asio::io_context& loop, workload& calls, seconds_d time, std::size_t in_flight,
             std::vector<float>* latencies = nullptr) {
  calls.start(loop, in_flight);
  loop.run_for(duration_cast<duration>(time / 2));
  if (latencies != nullptr) calls.collect(*latencies);
  const std::size_t calls_before = calls.calls();
  const std::size_t allocations_before = allocations();
  const stretch measured;
  loop.run_for(duration_cast<duration>(time));
  const std::size_t made = calls.calls() - calls_before;
  measured.end(made);
  std::printf(" allocations=%.2f", static_cast<double>(allocations() - allocations_before) / static_cast<double>(made));
  if (latencies != nullptr) print_latency(*latencies);
  std::printf("\n");
  calls.stop();
  loop.run();
}

void over_network(const setting& how, const workload::source& next, std::size_t in_flight,
                  std::vector<float>* latencies = nullptr) {
  asio::io_context loop(1);
  client with(loop.get_executor(), configuration());
  workload calls(with, next);
  measure(loop, calls, how.time, in_flight, latencies);
  with.close_idle();
}

/// 100,000 tenants, and so many services at addresses of their own.
void many_tenants(const setting& how, unsigned services) {
  std::vector<std::string> urls;
  for (unsigned i = 0; i < services; ++i) {
    urls.push_back("http://127.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1) + ":" + how.port +
                   "/text");
  }
  unsigned next = 0;
  over_network(
      how,
      [&] {
        next = next * 1664525U + 1013904223U;
        return plain_request(urls[(next >> 8U) % urls.size()])
            .tenant("tenant-" + std::to_string((next >> 4U) % 100'000));
      },
      64);
}

void raw_large(const setting& how) {
  asio::io_context loop;
  asio::ip::tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(how.port))});
  const std::string ask = "GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  std::string bytes(4U << 20U, '\0');
  std::size_t calls = 0;
  const stretch measured;
  while (measured.elapsed() < how.time.count()) {
    asio::write(socket, asio::buffer(ask));
    std::size_t filled = 0;
    std::size_t whole = bytes.size();
    while (filled < whole) {
      filled += socket.read_some(asio::buffer(bytes.data() + filled, bytes.size() - filled));
      const std::string_view text(bytes.data(), filled);
      if (whole != bytes.size()) continue;
      const std::size_t head = text.find("\r\n\r\n");
      const std::size_t field = text.find("Content-Length: ");
      if (head != std::string_view::npos) whole = head + 4 + std::strtoul(bytes.data() + field + 16, nullptr, 10);
    }
    const std::string_view text(bytes.data(), filled);
    const json::value parsed = boost::json::parse(text.substr(text.find("\r\n\r\n") + 4));
    if (!parsed.is_array()) std::exit(1);
    ++calls;
  }
  measured.end(calls);
  std::printf("\n");
}

request cached_request(const setting& how) {
  return get(how.url("/text")).tenant("acme").operation("embedding").use_cache().cache_ttl(seconds_d(3600));
}

/// Calls that don't wait, as many as the time allows.
asio::awaitable<void> repeat(client& with, const workload::source next, seconds_d time, std::size_t& calls) {
  const steady::time_point began = steady::now();
  while (calls % 64 != 0 || seconds_since(began) < time.count()) {
    const reply answer = co_await with.call(next());
    ++calls;
  }
}

/// On so many threads that share what is cached; prints calls a second of all together.
void cached(const setting& how, std::size_t threads) {
  const auto core = make_core(configuration());
  std::atomic<std::size_t> all{0};
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back([&] {
      asio::io_context loop(1);
      client with(loop.get_executor(), core);
      const workload::source next = [&] { return cached_request(how); };
      std::size_t warm = 1;
      std::size_t calls = 0;
      asio::co_spawn(loop, repeat(with, next, seconds_d(0.05), warm), asio::detached);
      loop.run();
      loop.restart();
      asio::co_spawn(loop, repeat(with, next, how.time, calls), asio::detached);
      loop.run();
      all += calls;
    });
  }
  const stretch measured;
  for (std::thread& each : running) each.join();
  measured.end(all);
  std::printf("\n");
}

void rejected(const setting& how) {
  asio::io_context loop(1);
  client with(loop.get_executor(), configuration());
  const workload::source next = [&] { return plain_request(how.url("/text")); };
  std::size_t warm = 63;
  std::size_t calls = 0;
  asio::co_spawn(loop, repeat(with, next, seconds_d(0), warm), asio::detached);
  loop.run();
  loop.restart();
  if (!with.override_breaker("127.0.0.1:" + how.port, breaker_override::force_open)) std::exit(1);
  const stretch measured;
  asio::co_spawn(loop, repeat(with, next, how.time, calls), asio::detached);
  loop.run();
  measured.end(calls);
  std::printf("\n");
}

bool run(const setting& how) {
  std::vector<float> latencies;
  if (how.mode == "plain") {
    over_network(how, [&] { return plain_request(how.url("/text")); }, 64);
  } else if (how.mode == "json") {
    over_network(how, [&] { return json_request(how.url("/json")); }, 64);
  } else if (how.mode == "latency") {
    over_network(how, [&] { return plain_request(how.url("/text")); }, 1, &latencies);
  } else if (how.mode == "large") {
    over_network(how, [&] { return get(how.url("/large")).tenant("acme"); }, 1);
  } else if (how.mode == "tenants" || how.mode == "services") {
    many_tenants(how, how.mode == "tenants" ? 1 : 1000);
  } else if (how.mode == "raw_large") {
    raw_large(how);
  } else if (how.mode == "cached" || how.mode == "cached_2") {
    cached(how, how.mode == "cached" ? 1 : 2);
  } else if (how.mode == "rejected") {
    rejected(how);
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int count, char** args) {
  if (count != 4 || !run({args[1], args[2], seconds_d(std::strtod(args[3], nullptr))})) {
    std::fprintf(stderr, "usage: bench_call MODE PORT SECONDS\n");
    return 2;
  }
}
