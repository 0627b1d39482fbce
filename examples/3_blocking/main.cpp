// Without coroutines: the calling thread waits. The ambient context is the thread's own.

#include <iostream>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <enlace/enlace.hpp>

namespace asio = boost::asio;

asio::awaitable<void> echo_tenant(const enlace::server_request& request, enlace::responder& out) {
  const std::string tenant(request.headers().get("X-Tenant-ID").value_or("nobody"));
  const enlace::json::object body = enlace::object("tenant", tenant);
  co_await out.send_json(200, body);
}

int main() {
  asio::io_context loop;
  enlace::http_server service(loop.get_executor(), "127.0.0.1", 0, echo_tenant);
  std::thread serving([&loop] { loop.run(); });

  // [blocking]
  enlace::blocking::client client;
  {
    const enlace::context_scope scope(enlace::context().tenant("acme"));
    const enlace::reply reply = client.call(enlace::get(service.url()));
    std::cout << "inside the scope: " << reply.data() << '\n';
  }
  const enlace::reply reply = client.call(enlace::get(service.url()));
  std::cout << "after it: " << reply.data() << '\n';
  std::cout << "healthy: " << std::boolalpha << client.check_service_health(service.url(), "echo") << '\n';
  // [/blocking]

  service.stop();
  serving.join();
}
