// A gateway: it asks a language model and streams the answer to a page in the browser, word by word. Whoever closes the
// page, or presses Stop, stops the model too.
//
//     example_6_gateway                    prints the page's address; open it, and stop the example with Ctrl+C
//     example_6_gateway --port 8080        there, and not on a free port
//     example_6_gateway --admin-port 9464  the same for what it tells people and Prometheus of its calls
//     example_6_gateway --seconds 60       ends by itself
//     example_6_gateway --self-check       asks its own gateway both ways, and ends
//
// model_service is the model, gateway.cpp what a service would have of its own, page.html what the browser runs.

#include <charconv>
#include <cstring>
#include <iostream>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <enlace/enlace.hpp>

#include "gateway.hpp"
#include "model_service.hpp"

namespace asio = boost::asio;

namespace {

struct arguments {
  std::uint16_t port = 0;
  std::uint16_t admin_port = 0;
  std::chrono::seconds seconds{0};
  bool self_check = false;
};

std::optional<arguments> read_arguments(int argc, char** argv) {
  arguments read;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--self-check") {
      read.self_check = true;
      continue;
    }
    if (++i == argc) return std::nullopt;
    std::uint16_t number = 0;
    const char* end = argv[i] + std::strlen(argv[i]);
    const std::from_chars_result parsed = std::from_chars(argv[i], end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    if (name == "--port") {
      read.port = number;
    } else if (name == "--admin-port") {
      read.admin_port = number;
    } else if (name == "--seconds") {
      read.seconds = std::chrono::seconds(number);
    } else {
      return std::nullopt;
    }
  }
  return read;
}

/// Asks as the page does, and says whether both ways gave the same whole answer.
asio::awaitable<void> self_check(enlace::client& client, std::string url, bool& passed) {
  const enlace::json::object question = enlace::object("prompt", "Is the sea smooth?");
  std::string by_events;
  std::string usage;
  enlace::stream events = client.stream(enlace::get(url + "/events").data(question));
  for (const auto* event = co_await events.next(); event != nullptr; event = co_await events.next()) {
    (event->type == "done" ? usage : by_events) += event->data;
    if (event->type != "done") std::cout << event->data << '|' << std::flush;
  }
  std::cout << "\ndone: " << usage << '\n';

  enlace::stream lines = client.stream(enlace::post(url + "/chat").data(question));
  std::string_view text = co_await lines.next_text();
  while (!text.empty()) {
    std::cout << text << '|' << std::flush;
    text = co_await lines.next_text();
  }
  std::cout << "\ndone: " << lines.output().to_json() << '\n';
  passed = events.ended() == enlace::stream_end::finished && lines.ended() == enlace::stream_end::finished &&
           !usage.empty() && lines.output().usage() && by_events == lines.text();
  std::cout << "self-check " << (passed ? "passed" : "failed") << ": " << events.events() << " events, "
            << lines.events() << " lines" << std::endl;
}

/// What is at that address goes by the name of "model".
enlace::options naming_the_model(std::uint16_t port) {
  enlace::settings values;
  values.services["model"].hosts = {"127.0.0.1:" + std::to_string(port)};
  return enlace::options::make(std::move(values)).value();
}

int run(const arguments& asked) {
  asio::io_context loop;
  const auto model = std::make_shared<example::model_service>();
  enlace::http_server model_server(
      loop.get_executor(), "127.0.0.1", 0,
      [model](const enlace::server_request& request, enlace::responder& out) { return model->answer(request, out); });
  enlace::client client(loop.get_executor(), naming_the_model(model_server.port()));
  enlace::admin_options shown;
  shown.name = "gateway";
  shown.port = asked.admin_port;
  enlace::admin_endpoint admin(loop.get_executor(), client, shown);
  admin.health().depends_on("model", model_server.url());
  const auto gateway = std::make_shared<example::gateway>(client, model_server.url(), model);
  enlace::server_options options;
  options.stop_grace = enlace::duration::zero();  // who stops a gateway by hand does not wait for a model
  enlace::http_server gateway_server(
      loop.get_executor(), "127.0.0.1", asked.port,
      [gateway](const enlace::server_request& request, enlace::responder& out) {
        return gateway->answer(request, out);
      },
      options);

  asio::signal_set signals(loop, SIGINT, SIGTERM);
  asio::steady_timer time_over(loop, asked.seconds);
  const auto stop = [&] {
    signals.cancel();
    time_over.cancel();
    client.close_idle();
    gateway_server.stop();
    model_server.stop();
    admin.stop();
  };
  signals.async_wait([&stop](const boost::system::error_code& failed, int) {
    if (!failed) stop();
  });
  bool passed = true;
  if (asked.self_check) {
    asio::co_spawn(loop, self_check(client, gateway_server.url(), passed), [&stop](std::exception_ptr) { stop(); });
  } else {
    std::cout << "Open " << gateway_server.url() << "/ in a browser. Ctrl+C ends it.\n"
              << "What it calls is shown at " << admin.url() << "/, and to Prometheus at " << admin.url() << "/metrics."
              << std::endl;
    if (asked.seconds.count() > 0) {
      time_over.async_wait([&stop](const boost::system::error_code& failed) {
        if (!failed) stop();
      });
    }
  }
  loop.run();
  return passed ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<arguments> asked = read_arguments(argc, argv);
  if (!asked) {
    std::cerr << "usage: example_6_gateway [--port N] [--admin-port N] [--seconds N] [--self-check]\n";
    return 2;
  }
  try {
    return run(*asked);
  } catch (const std::exception& failed) {
    std::cerr << failed.what() << '\n';
    return 1;
  }
}
