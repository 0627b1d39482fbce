#include "call/workload.hpp"

#include <cstdio>
#include <cstdlib>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "support/measure.hpp"

namespace enlace::bench {

options configuration() {
  settings values;
  values.client.connections_per_host = 20'000;
  values.limits.max_in_flight = 20'000;
  return options::make(std::move(values)).value();
}

request plain_request(const std::string& url) {
  return post(url).body(std::string(120, 'x'), "application/json").tenant("acme").operation("embedding");
}

request json_request(const std::string& url) {
  return post(url)
      .data(object("model", "text-embedding-3-small", "text", "how long does it take to say what is to be said",
                   "limit", 10, "normalise", true, "user", "u-4711"))
      .tenant("acme")
      .operation("embedding");
}

void workload::start(boost::asio::io_context& loop, std::size_t in_flight) {
  for (std::size_t i = 0; i < in_flight; ++i) boost::asio::co_spawn(loop, work(), boost::asio::detached);
}

boost::asio::awaitable<void> workload::work() {
  while (running_) {
    const steady::time_point began = steady::now();
    const reply answer = co_await client_.call(next_());
    if (answer.success() == failure_) {
      std::fprintf(stderr, "bench: %s\n", answer.message().c_str());
      std::exit(1);
    }
    ++calls_;
    if (latencies_ != nullptr) latencies_->push_back(static_cast<float>(seconds_since(began) * 1e6));
  }
}

}  // namespace enlace::bench
