// A service that works until it is told to fail, a client that calls it all the time, and the client's admin endpoint,
// which may lead its breaker. Prints the endpoint's address and the service's; POST /fail and /work tell it what to do.
// Ends on SIGTERM, and by itself after two minutes.
#include <chrono>
#include <iostream>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <enlace/admin.hpp>
#include <enlace/server.hpp>

namespace {

namespace asio = boost::asio;
using enlace::request;

class failing_service {
 public:
  asio::awaitable<void> answer(const enlace::server_request& asked, enlace::responder& out) {
    if (asked.path() != "/") fails_ = asked.path() == "/fail";
    const enlace::json::object said = enlace::object("fails", fails_);
    co_await out.send_json(fails_ && asked.path() == "/" ? 500 : 200, said);
  }

 private:
  bool fails_ = false;
};

enlace::options naming_it(std::uint16_t port) {
  enlace::settings values;
  values.services["fragile"].hosts = {"127.0.0.1:" + std::to_string(port)};
  values.services["fragile"].retry.max_attempts = 1;
  return enlace::options::make(std::move(values)).value();
}

asio::awaitable<void> keep_calling(enlace::client& caller, std::string url, const bool& over) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!over) {
    request asked = enlace::get(url);
    const enlace::reply ignored = co_await caller.call(std::move(asked));
    timer.expires_after(std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::deferred);
  }
}

}  // namespace

int main() {
  asio::io_context loop(1);
  failing_service service;
  enlace::http_server server(
      loop.get_executor(), "127.0.0.1", 0,
      [&service](const enlace::server_request& asked, enlace::responder& out) { return service.answer(asked, out); });
  enlace::client caller(loop.get_executor(), naming_it(server.port()));
  enlace::admin_options shown;
  shown.name = "caller";
  shown.allow_changes = true;
  enlace::admin_endpoint admin(loop.get_executor(), caller, shown);
  bool over = false;
  asio::co_spawn(loop, keep_calling(caller, server.url() + "/", over), asio::detached);
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code&, int) {
    over = true;
    admin.stop();
    server.stop();
    caller.close_idle();
  });
  std::cout << admin.url() << "/ " << server.url() << std::endl;
  loop.run_for(std::chrono::minutes(2));
}
