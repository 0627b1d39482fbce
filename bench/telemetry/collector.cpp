// A collector that looks at nothing it gets. Usage: bench_collector MODE; prints its port, and ends with its input.
//   takes    answers at once that all is well
//   slow     after two seconds
//   hangs    never
#include <chrono>
#include <cstdio>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <enlace/server.hpp>

namespace {

using namespace enlace;
namespace asio = boost::asio;

}  // namespace

int main(int count, char** args) {
  const std::string_view mode = count == 2 ? args[1] : "";
  duration wait = duration::zero();
  if (mode == "slow") wait = std::chrono::seconds(2);
  if (mode == "hangs") wait = std::chrono::hours(1);
  if (mode != "takes" && wait == duration::zero()) return 2;
  asio::io_context loop(1);
  const auto answer = [wait](const server_request& /*request*/, responder& out) -> asio::awaitable<void> {
    out.cancel_on_hang_up();
    if (wait > duration::zero()) co_await out.wait(wait);
    co_await out.send(200, "application/json", "{}");
  };
  http_server server(loop.get_executor(), "127.0.0.1", 0, answer);
  std::printf("%d\n", static_cast<int>(server.port()));
  std::fflush(stdout);
  asio::posix::stream_descriptor input(loop, 0);
  char byte = 0;
  input.async_read_some(asio::buffer(&byte, 1), [&](boost::system::error_code, std::size_t) { loop.stop(); });
  loop.run();
}
