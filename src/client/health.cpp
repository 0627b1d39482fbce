#include "client/loop.hpp"

namespace enlace {

namespace {

/// {url}/health, whatever slashes and query the URL ends with.
std::string health_url(std::string_view service_url) {
  const std::size_t end = service_url.find_first_of("?#");
  std::string_view base = service_url.substr(0, end);
  while (!base.empty() && base.back() == '/') base.remove_suffix(1);
  std::string made(base);
  made.append("/health");
  if (end != std::string_view::npos) made.append(service_url.substr(end));
  return made;
}

}  // namespace

boost::asio::awaitable<health_report> client::loop::health(std::shared_ptr<loop> self, std::string service_url,
                                                           std::string name, duration timeout) {
  request asked = get(health_url(service_url));
  asked.operation("health_check").timeout(timeout).max_attempts(1).use_cache(false);
  asked.header("Accept", "application/json, application/health+json");
  const reply answer = co_await run(std::move(self), std::move(asked));
  health_report report = read_health(std::move(name), answer);
  report.latency = answer.call().elapsed;
  co_return report;
}

}  // namespace enlace
