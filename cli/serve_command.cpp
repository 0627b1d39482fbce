// enlace serve: the badly behaved upstream.

#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <enlace/server.hpp>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "server/bad_upstream.hpp"

namespace enlace::cli {

namespace {

constexpr const char* serve_footer =
    "It listens on 127.0.0.1 alone, prints its URL, and ends on Ctrl-C. What it can do:\n"
    "  /echo                                  the request, as JSON\n"
    "  /status/CODE?retry_after=SECONDS       that status\n"
    "  /delay/MS                              an answer after that time\n"
    "  /flaky?fail=N&status=503&key=K         fails N times, then succeeds\n"
    "  /drip?bytes=N&interval_ms=MS           a byte each interval\n"
    "  /hang  /reset  /truncate  /garbage     no answer, or a broken one\n"
    "  /bomb?mib=N                            gzip of N MiB of zeros\n"
    "  /endless-head  /two-lengths  /bad-chunk  what is not HTTP\n"
    "  /sse?events=N  /ndjson?events=N        streams; also break_after=N, which breaks them\n"
    "  /tokens?format=FORM                    a model's answer: openai, responses, ollama, ollama-chat\n"
    "  /stall  /error-event  /long-line?bytes=N  /bad-utf8  streams gone wrong\n"
    "  /page                                  HTML where JSON is expected\n"
    "  /upload                                how many bytes the body had\n"
    "  /health?status=WORD                    a health document\n"
    "  /count?key=K                           how often a URL with key=K was asked for\n\n"
    "Example:\n"
    "  enlace serve --port 9000 &\n"
    "  enlace call GET 'http://127.0.0.1:9000/flaky?fail=2' --trail";

int serve(std::uint16_t port) {
  boost::asio::io_context loop(1);
  server_options limits;
  // What hangs on purpose would hold up the end.
  limits.stop_grace = std::chrono::milliseconds(200);
  http_server server(loop.get_executor(), "127.0.0.1", port, bad_upstream::handler(std::make_shared<bad_upstream>()),
                     limits);
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&server](const boost::system::error_code& wrong, int /*number*/) {
    if (!wrong) server.stop();
  });
  write_all(1, server.url() + "\n");
  loop.run();
  return 0;
}

}  // namespace

void add_serve(CLI::App& app, action& chosen) {
  CLI::App* command = app.add_subcommand("serve", "Serve a badly behaved upstream to try calls against");
  command->footer(serve_footer);
  auto port = std::make_shared<std::uint16_t>(std::uint16_t{0});
  command->add_option("--port", *port, "Port of 127.0.0.1 to listen on; 0, the default: a free one")->option_text("N");
  command->callback([port, &chosen] { chosen = [port] { return serve(*port); }; });
}

}  // namespace enlace::cli
