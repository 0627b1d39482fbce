// What one call in flight to a slow upstream holds of our own memory. Usage: bench_in_flight CALLS
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <deque>

#include <boost/asio/ip/tcp.hpp>

#include "call/workload.hpp"

namespace {

using namespace enlace;
using namespace enlace::bench;
namespace asio = boost::asio;

/// Takes connections and never answers, in a process of its own so that its memory is not counted.
std::uint16_t start_slow_upstream() {
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  acceptor.listen(4096);
  const std::uint16_t port = acceptor.local_endpoint().port();
  if (fork() != 0) return port;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  std::deque<asio::ip::tcp::socket> held;
  for (;;) held.push_back(acceptor.accept());
}

}  // namespace

int main(int count, char** args) {
  const std::size_t wanted = count == 2 ? std::strtoul(args[1], nullptr, 10) : 0;
  if (wanted == 0) return 2;
  const std::string url = "http://127.0.0.1:" + std::to_string(start_slow_upstream()) + "/";
  asio::io_context loop(1);
  client with(loop.get_executor(), configuration());
  workload calls(with, [&] { return plain_request(url).timeout(seconds_d(60)); });
  calls.start(loop, 1);
  loop.run_for(std::chrono::milliseconds(100));
  const std::size_t before = mallinfo2().uordblks;
  calls.start(loop, wanted);
  loop.run_for(std::chrono::seconds(3));
  std::printf("calls=%zu bytes=%zu\n", wanted, (mallinfo2().uordblks - before) / wanted);
  // The calls would take a minute to end.
  std::fflush(stdout);
  _exit(0);
}
