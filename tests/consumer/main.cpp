// Calls a service of its own and one that is not there, through the installed library.
#include <iostream>
#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/enlace.hpp>

namespace asio = boost::asio;

asio::awaitable<void> answer(const enlace::server_request& request, enlace::responder& out) {
  const enlace::json::object body = enlace::object("path", request.path());
  co_await out.send_json(200, body);
}

asio::awaitable<void> run(enlace::client& client, enlace::http_server& server, bool& good) {
  const enlace::reply here = co_await client.call(enlace::get(server.url() + "/hello"));
  const enlace::reply gone = co_await client.call(enlace::get("http://127.0.0.1:1/").max_attempts(1));
  good = here.success() && here.data().at("path") == "/hello" && !gone.success();
  client.close_idle();
  server.stop();
}

int main() {
  asio::io_context loop;
  enlace::client client(loop.get_executor());
  enlace::http_server server(loop.get_executor(), "127.0.0.1", 0, answer);
  bool good = false;
  asio::co_spawn(loop, run(client, server, good), asio::detached);
  loop.run();
  std::cout << (good ? "consumer: good\n" : "consumer: bad\n");
  return good ? 0 : 1;
}
