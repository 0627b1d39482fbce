// A cached answer, and one that stands in when the service is down.

#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <enlace/enlace.hpp>

namespace asio = boost::asio;

/// Works once, then fails for ever.
asio::awaitable<void> price_service(const enlace::server_request& /*request*/, enlace::responder& out) {
  static int hits = 0;
  if (++hits > 1) {
    const enlace::error down(enlace::error_code::service_unavailable, "the database is gone");
    co_await out.send_error(down);
    co_return;
  }
  const enlace::json::object body = enlace::object("price", 12);
  co_await out.send_json(200, body);
}

asio::awaitable<void> ask(enlace::client& client, const std::string& url) {
  // [cached]
  const enlace::reply reply = co_await client.call(
      enlace::get(url).tenant("acme").use_cache().cache_ttl(std::chrono::milliseconds(200)).max_attempts(1));
  // [/cached]
  const enlace::cache_use used = reply.call().cached;
  std::cout << "price " << reply.data() << ", from " << (used == enlace::cache_use::none ? "the service" : "the cache")
            << (used == enlace::cache_use::stale ? ", stale" : "") << '\n';
}

asio::awaitable<void> run(enlace::client& client, enlace::http_server& service) {
  const std::string url = service.url() + "/price";
  co_await ask(client, url);
  co_await ask(client, url);
  asio::steady_timer until_expired(co_await asio::this_coro::executor, std::chrono::milliseconds(250));
  co_await until_expired.async_wait(asio::use_awaitable);
  co_await ask(client, url);
  client.close_idle();
  service.stop();
}

int main() {
  asio::io_context loop;
  enlace::http_server service(loop.get_executor(), "127.0.0.1", 0, price_service);

  // [fallback]
  enlace::settings values;
  enlace::service_settings& prices = values.services["prices"];
  prices.hosts = {"127.0.0.1:" + std::to_string(service.port())};
  prices.stale_if_error = std::chrono::minutes(10);
  enlace::client client(loop.get_executor(), enlace::options::make(values).value());
  // [/fallback]

  asio::co_spawn(loop, run(client, service), asio::detached);
  loop.run();
}
