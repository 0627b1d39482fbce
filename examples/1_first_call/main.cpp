// The first call: one request, one reply in the standard form, whatever happens on the way.

#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/enlace.hpp>

namespace asio = boost::asio;

// [readme]
asio::awaitable<void> embed(enlace::client& client, std::string url, std::string text) {
  enlace::reply reply = co_await client.call(enlace::post(url)
                                                 .data(enlace::object("text", text))
                                                 .tenant("acme")
                                                 .operation("embedding"));  // 60 s, safe to repeat
  if (!reply) {
    std::cout << "no embedding: " << reply.error().message << '\n';  // failures are values
    co_return;
  }
  const std::size_t numbers = reply.data().at("embedding").as_array().size();
  std::cout << "embedding of " << numbers << " numbers after " << reply.call().attempts << " attempts\n";
}
// [/readme]

/// An embedding service that is not well yet: its first answer is a 503.
asio::awaitable<void> embedding_service(const enlace::server_request& /*request*/, enlace::responder& out) {
  static int hits = 0;
  if (++hits == 1) {
    const enlace::error not_yet(enlace::error_code::service_unavailable, "still loading the model");
    co_await out.send_error(not_yet);
    co_return;
  }
  const enlace::json::object body = enlace::object("embedding", enlace::array(0.25, 0.5, 0.75));
  co_await out.send_json(200, body);
}

asio::awaitable<void> run(enlace::client& client, enlace::http_server& service) {
  co_await embed(client, service.url() + "/api/generate", "hola");
  co_await embed(client, "http://127.0.0.1:1/nobody-listens-here", "hola");
  client.close_idle();
  service.stop();
}

int main() {
  asio::io_context loop;
  enlace::http_server service(loop.get_executor(), "127.0.0.1", 0, embedding_service);
  enlace::client client(loop.get_executor());
  asio::co_spawn(loop, run(client, service), asio::detached);
  loop.run();
}
