// What the stream measurements read from. Usage: bench_stream_source; prints its port, and ends with its input.
//   /bytes?mb=N          as many MiB, in chunks of 64 KiB
//   /events?count=N      server-sent events of 100 bytes, 160 in a chunk
//   /ticks?count=N       an event a millisecond, whose data is the time at which it was sent
//   /idle                one event, then silence
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <enlace/server.hpp>

namespace {

using namespace enlace;
namespace asio = boost::asio;

std::size_t number(const server_request& request, std::string_view name) {
  const std::string text = request.parameter(name).value_or("0");
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

asio::awaitable<void> many(responder& out, std::string_view type, std::string_view piece, std::size_t count) {
  bool there = co_await out.start(200, type);
  for (std::size_t i = 0; there && i < count; ++i) there = co_await out.write(piece);
  if (there) co_await out.finish();
}

asio::awaitable<void> ticks(responder& out, std::size_t count) {
  bool there = co_await out.start(200, "text/event-stream");
  for (std::size_t i = 0; there && i < count; ++i) {
    there = co_await out.wait(std::chrono::milliseconds(1));
    const std::string event =
        "data: " + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()) + "\n\n";
    if (there) there = co_await out.write(event);
  }
  if (there) co_await out.finish();
}

asio::awaitable<void> serve(const server_request& request, responder& out) {
  if (request.path() == "/bytes") {
    const std::string piece(64 * 1024, 'x');
    co_await many(out, "application/octet-stream", piece, number(request, "mb") * 16);
  } else if (request.path() == "/events") {
    std::string piece;
    for (int i = 0; i < 160; ++i) piece += "data: " + std::string(92, 'x') + "\n\n";
    co_await many(out, "text/event-stream", piece, number(request, "count") / 160);
  } else if (request.path() == "/ticks") {
    co_await ticks(out, number(request, "count"));
  } else {
    out.cancel_on_hang_up();
    bool there = co_await out.start(200, "text/event-stream");
    if (there) there = co_await out.write("data: here\n\n");
    if (there) co_await out.wait(std::chrono::hours(1));
  }
}

}  // namespace

int main() {
  asio::io_context loop(1);
  server_options options;
  options.max_connections = 20'000;
  http_server server(loop.get_executor(), "127.0.0.1", 0, serve, options);
  std::printf("%d\n", static_cast<int>(server.port()));
  std::fflush(stdout);
  asio::posix::stream_descriptor input(loop, 0);
  char byte = 0;
  input.async_read_some(asio::buffer(&byte, 1), [&](boost::system::error_code, std::size_t) { loop.stop(); });
  loop.run();
}
