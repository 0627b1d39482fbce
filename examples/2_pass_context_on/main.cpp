// A service that calls another. On whose behalf, and until when, travels by itself: the handler runs under the context
// of its request, and every call that it makes carries that context on.

#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/enlace.hpp>

namespace asio = boost::asio;

/// The service at the end: says for whom it was called, and how much time it has.
asio::awaitable<void> query_service(const enlace::server_request& request, enlace::responder& out) {
  const enlace::headers& fields = request.headers();
  const std::string tenant(fields.get("X-Tenant-ID").value_or("nobody"));
  const bool has_deadline = fields.contains("X-Enlace-Timeout-Ms");
  const enlace::json::object body = enlace::object("asked_for", tenant, "has_deadline", has_deadline);
  co_await out.send_json(200, body);
}

/// The service in the middle. A class, so that it can own what it needs.
class agent_service {
 public:
  agent_service(enlace::client& client, std::string query_url) : client_(client), query_url_(std::move(query_url)) {}

  asio::awaitable<void> answer(const enlace::server_request& /*request*/, enlace::responder& out) {
    // [pass-on]
    // No tenant, no deadline named: both are those of the request that is being answered.
    const enlace::reply found = co_await client_.call(enlace::post(query_url_).data(enlace::object("q", "hola")));
    const enlace::json::object body = found.to_json();
    // [/pass-on]
    co_await out.send_json(found.success() ? 200 : found.error().status, body);
  }

 private:
  enlace::client& client_;
  std::string query_url_;
};

asio::awaitable<void> run(enlace::client& client, enlace::http_server& agent, enlace::http_server& query) {
  for (const char* tenant : {"acme", "globex"}) {
    const enlace::reply reply =
        co_await client.call(enlace::post(agent.url()).tenant(tenant).timeout(std::chrono::seconds(2)));
    std::cout << tenant << ": " << reply.data() << '\n';
  }
  client.close_idle();
  agent.stop();
  query.stop();
}

int main() {
  asio::io_context loop;
  enlace::client client(loop.get_executor());
  enlace::http_server query(loop.get_executor(), "127.0.0.1", 0, query_service);
  agent_service middle(client, query.url());
  enlace::http_server agent(
      loop.get_executor(), "127.0.0.1", 0,
      [&middle](const enlace::server_request& request, enlace::responder& out) { return middle.answer(request, out); });
  asio::co_spawn(loop, run(client, agent, query), asio::detached);
  loop.run();
}
