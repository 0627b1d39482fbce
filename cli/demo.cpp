#include "cli/demo.hpp"

#include <csignal>
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/admin.hpp>

#include "cli/demo_stage.hpp"
#include "cli/text_table.hpp"

namespace enlace::cli {

namespace asio = boost::asio;

namespace {

options configuration(std::uint16_t port) {
  settings values;
  service_settings& fragile = values.services["fragile"];
  fragile.hosts = {"localhost:" + std::to_string(port)};
  fragile.breaker.cool_down = std::chrono::seconds(1);
  return options::make(std::move(values)).value();
}

void print_totals(const demo_totals& totals, bool coloured) {
  const auto text = [](std::uint64_t n) { return std::to_string(n); };
  text_table table({"WHAT", "HOW MANY"});
  table.add({"calls made", text(totals.calls)});
  table.add({"requests sent", text(totals.attempts)});
  table.add({"of these, retries", text(totals.retried)});
  table.add({"calls that shared another's answer", text(totals.shared)});
  table.add({"calls answered from the cache", text(totals.from_cache)});
  table.add({"calls that the breaker kept from a sick service", text(totals.rejected)});
  std::cout << '\n' << table.text(coloured) << std::flush;
}

/// One of many callers, for the dashboard to have something to show: one service is slow, the other fails for 4 s of
/// every 20.
asio::awaitable<void> keep_calling(demo_stage& stage, std::string target) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const time_point began = std::chrono::steady_clock::now();
  for (int i = 0;; ++i) {
    const auto second = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - began).count();
    request asked = get(stage.fragile_url(second % 20 >= 16 ? "/status/500" : target));
    if (i % 3 == 0) asked = get(stage.url("/delay/" + std::to_string(5 + i % 40)));
    asked.tenant(i % 2 == 0 ? "acme" : "globex").operation("rag_search");
    const reply ignored = co_await stage.caller().call(std::move(asked));
    timer.expires_after(std::chrono::milliseconds(40));
    co_await timer.async_wait(asio::deferred);
  }
}

/// Goes on until interrupted.
asio::awaitable<void> stay(demo_stage& stage) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  admin_options shown;
  shown.name = "demo";
  shown.allow_changes = true;
  const admin_endpoint admin(executor, stage.caller(), shown);
  std::cout << "\nIt goes on calling; Ctrl-C ends it.\n  dashboard  " << admin.url() << "/\n  metrics    "
            << admin.url() << "/metrics\n"
            << std::flush;
  for (const char* target : {"/echo", "/delay/3", "/delay/12"}) {
    asio::co_spawn(executor, keep_calling(stage, target), asio::detached);
  }
  asio::signal_set signals(executor, SIGINT, SIGTERM);
  co_await signals.async_wait(asio::deferred);
}

asio::awaitable<void> play(demo_stage& stage, http_server& server, const demo_options& how, bool& good) {
  using scene = asio::awaitable<bool> (*)(demo_stage&);
  static constexpr scene scenes[] = {show_retry,   show_retry_after, show_deadline, show_breaker,     show_stampede,
                                     show_context, show_post,        show_stream,   show_interruption};
  good = true;
  for (const scene each : scenes) {
    const bool held = co_await each(stage);
    good = good && held;
  }
  if (how.stay) {
    co_await stay(stage);
    static_cast<asio::io_context&>(asio::query(co_await asio::this_coro::executor, asio::execution::context)).stop();
  }
  stage.caller().close_idle();
  server.stop();
}

}  // namespace

int run_demo(const demo_options& how) {
  asio::io_context loop(1);
  auto upstream = std::make_shared<bad_upstream>();
  http_server server(loop.get_executor(), "127.0.0.1", 0, bad_upstream::handler(upstream));
  client caller(loop.get_executor(), configuration(server.port()));
  demo_stage stage(caller, upstream, server.port(), how.coloured);
  std::cout << "A badly behaved service runs at " << server.url() << ". This is what its callers see.\n";
  bool good = false;
  asio::co_spawn(loop, play(stage, server, how, good), asio::detached);
  loop.run();
  print_totals(stage.totals(), how.coloured);
  if (!good) std::cout << "\nNot everything went as told: see the lines marked NO.\n";
  return good ? 0 : 1;
}

}  // namespace enlace::cli
