// What the admin endpoint costs the thread that serves it: idle, with readers of `/events`, and scraped.
// Usage: bench_admin PORT READERS SECONDS; PORT of the server of scripts/bench, which answers 503 at /unavailable.
// 20 services have been called, and the endpoint remembers as many failed and slow calls as it ever does.

#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <enlace/admin.hpp>

#include "call/workload.hpp"
#include "support/measure.hpp"

namespace {

using namespace enlace;
using namespace enlace::bench;
namespace asio = boost::asio;

constexpr int services = 20;
constexpr int scrapes = 100;

asio::awaitable<void> call_all(client& with, std::string port) {
  for (int round = 0; round < 10; ++round) {
    for (int i = 1; i <= services; ++i) {
      const std::string where = "http://127.0.0." + std::to_string(i) + ":" + port;
      for (const char* path : {"/text", "/text", "/unavailable"}) {
        request asked = plain_request(where + path);
        const reply answer = co_await with.call(std::move(asked.idempotent()));
      }
    }
  }
}

/// A browser as the endpoint sees it: it asks for the events and takes them.
class reader {
 public:
  reader(asio::io_context& loop, std::uint16_t port, std::string_view ask) : socket_(loop) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
    asio::write(socket_, asio::buffer(ask));
    read();
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(buffer_), [this](boost::system::error_code ended, std::size_t size) {
      bytes_ += size;
      if (!ended) read();
    });
  }

  asio::ip::tcp::socket socket_;
  std::vector<char> buffer_ = std::vector<char>(64 * 1024);
  std::size_t bytes_ = 0;
};

/// The endpoint on a thread of its own, which says what CPU it has used.
class serving {
 public:
  explicit serving(const client& of) : work_(loop_.get_executor()) {
    admin_options how;
    how.slow_after = duration::zero();
    endpoint_.emplace(loop_.get_executor(), of, how);
  }
  serving(const serving&) = delete;
  serving& operator=(const serving&) = delete;
  ~serving() = default;

  void start() {
    thread_ = std::thread([this] { loop_.run(); });
  }
  void stop() {
    loop_.stop();
    thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return endpoint_->port(); }
  [[nodiscard]] double cpu() {
    std::promise<double> told;
    asio::post(loop_, [&told] { told.set_value(cpu_seconds(RUSAGE_THREAD)); });
    return told.get_future().get();
  }

 private:
  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::optional<admin_endpoint> endpoint_;
  std::thread thread_;
};

/// Percent of a core that the endpoint's thread takes while so many read its events.
double measure_share(serving& endpoint, asio::io_context& readers_loop, seconds_d time) {
  readers_loop.restart();
  readers_loop.run_for(std::chrono::duration_cast<duration>(time / 10));
  const double before = endpoint.cpu();
  const steady::time_point began = steady::now();
  readers_loop.run_for(std::chrono::duration_cast<duration>(time));
  // Without anybody to read for there is nothing to run.
  std::this_thread::sleep_until(began + std::chrono::duration_cast<steady::duration>(time));
  return 100 * (endpoint.cpu() - before) / seconds_since(began);
}

/// Microseconds and bytes of a look at a path, as a scraper takes it: one connection each.
std::pair<double, std::size_t> measure_looks(serving& endpoint, std::string_view path) {
  const std::string ask = "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  std::size_t bytes = 0;
  const double before = endpoint.cpu();
  for (int i = 0; i < scrapes; ++i) {
    asio::io_context loop;
    const reader one(loop, endpoint.port(), ask);
    loop.run();
    bytes = one.bytes();
  }
  return {(endpoint.cpu() - before) * 1e6 / scrapes, bytes};
}

}  // namespace

int main(int count, char** args) {
  if (count != 4) return 2;
  const std::size_t wanted = std::strtoul(args[2], nullptr, 10);
  const seconds_d time(std::strtod(args[3], nullptr));
  asio::io_context loop(1);
  client with(loop.get_executor(), configuration());
  serving endpoint(with);
  asio::co_spawn(loop, call_all(with, args[1]), asio::detached);
  loop.run();
  endpoint.start();
  asio::io_context readers_loop;
  const double idle = measure_share(endpoint, readers_loop, time);
  const auto [scrape, scrape_bytes] = measure_looks(endpoint, "/metrics");
  const auto [look, look_bytes] = measure_looks(endpoint, "/data");
  std::vector<std::unique_ptr<reader>> readers;
  for (std::size_t i = 0; i < wanted; ++i) {
    readers.push_back(
        std::make_unique<reader>(readers_loop, endpoint.port(), "GET /events HTTP/1.1\r\nHost: a\r\n\r\n"));
  }
  const double open = measure_share(endpoint, readers_loop, time);
  std::size_t bytes = 0;
  for (const auto& each : readers) bytes += each->bytes();
  std::printf(
      "idle_percent=%.4f open_percent=%.4f read_bytes=%zu scrape_us=%.1f scrape_bytes=%zu look_us=%.1f "
      "look_bytes=%zu\n",
      idle, open, bytes, scrape, scrape_bytes, look, look_bytes);
  endpoint.stop();
}
