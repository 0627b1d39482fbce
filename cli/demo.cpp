#include "cli/demo.hpp"

#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

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

asio::awaitable<void> play(demo_stage& stage, http_server& server, bool& good) {
  using scene = asio::awaitable<bool> (*)(demo_stage&);
  static constexpr scene scenes[] = {show_retry,   show_retry_after, show_deadline, show_breaker,     show_stampede,
                                     show_context, show_post,        show_stream,   show_interruption};
  good = true;
  for (const scene each : scenes) {
    const bool held = co_await each(stage);
    good = good && held;
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
  asio::co_spawn(loop, play(stage, server, good), asio::detached);
  loop.run();
  print_totals(stage.totals(), how.coloured);
  if (!good) std::cout << "\nNot everything went as told: see the lines marked NO.\n";
  return good ? 0 : 1;
}

}  // namespace enlace::cli
