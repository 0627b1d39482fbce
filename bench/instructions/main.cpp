// Makes so many calls, 64 in flight, and does the same thing each time: the thread that calls also answers, whenever
// the loop has nothing more to do. For scripts/check-instructions. Usage: bench_instructions CALLS
#include <array>
#include <cstdlib>
#include <deque>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <enlace/client.hpp>

namespace {

using namespace enlace;
namespace asio = boost::asio;

class caller {
 public:
  caller(client& with, std::string url, std::size_t wanted) : client_(with), url_(std::move(url)), left_(wanted) {}

  asio::awaitable<void> work() {
    while (left_ != 0) {
      --left_;
      const reply answer = co_await client_.call(
          post(url_).body(std::string(120, 'x'), "application/json").tenant("acme").operation("embedding"));
      if (!answer) std::exit(1);
    }
  }

 private:
  client& client_;
  std::string url_;
  std::size_t left_;
};

/// Answers one request on each connection that has one.
void answer_all(std::deque<asio::ip::tcp::socket>& connections, const std::string& answer) {
  std::array<char, 4096> request;
  for (asio::ip::tcp::socket& each : connections) {
    boost::system::error_code nothing_there;
    each.read_some(asio::buffer(request), nothing_there);
    if (nothing_there) continue;
    each.write_some(asio::buffer(answer));
  }
}

void run(std::size_t wanted) {
  constexpr std::size_t in_flight = 64;
  asio::io_context loop(1);
  asio::io_context server_loop(1);
  asio::ip::tcp::acceptor acceptor(server_loop, {asio::ip::address_v4::loopback(), 0});
  acceptor.listen(in_flight);
  acceptor.non_blocking(true);
  std::deque<asio::ip::tcp::socket> connections;
  const std::string answer =
      "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 24 Nov 2026 10:00:00 GMT\r\nContent-Type: text/plain\r\n"
      "Content-Length: 250\r\nConnection: keep-alive\r\n\r\n" +
      std::string(250, 'a');

  client with(loop.get_executor());
  caller calls(with, "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/text", wanted);
  for (std::size_t i = 0; i < in_flight; ++i) asio::co_spawn(loop, calls.work(), asio::detached);
  while (!loop.stopped()) {
    loop.poll();
    for (;;) {
      boost::system::error_code nobody;
      asio::ip::tcp::socket next = acceptor.accept(nobody);
      if (nobody) break;
      next.non_blocking(true);
      connections.push_back(std::move(next));
    }
    answer_all(connections, answer);
  }
}

}  // namespace

int main(int count, char** args) {
  if (count != 2) return 2;
  run(std::strtoul(args[1], nullptr, 10));
}
