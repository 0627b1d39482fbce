// What the three services of the pipeline share: a process that serves one handler and calls the next service.
#pragma once

#include <csignal>
#include <iostream>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <enlace/enlace.hpp>

namespace retrieval {

namespace asio = boost::asio;

/// Answers in the standard form, so that a chain of services leaves a chain of `metadata.call.upstream`.
inline asio::awaitable<void> answer_with(const enlace::reply& reply, enlace::responder& out) {
  const enlace::json::object body = reply.to_json();
  const int status = reply.success() ? 200 : reply.error().status;
  co_await out.send_json(status, body);
}

/// Serves until SIGTERM. Prints its URL first, for whoever starts the next one.
inline void serve(asio::io_context& loop, const enlace::http_server::handler& handler) {
  enlace::http_server server(loop.get_executor(), "127.0.0.1", 0, handler);
  std::cout << server.url() << std::endl;
  asio::signal_set ended(loop, SIGTERM, SIGINT);
  ended.async_wait([&server](const boost::system::error_code&, int) { server.stop(); });
  loop.run();
}

}  // namespace retrieval
