#include <random>

#include <enlace/ambient.hpp>
#include <enlace/client.hpp>

#include "client/loop.hpp"
#include "net/asio_transport.hpp"
#include "net/timer_wheel.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

std::unique_ptr<transport> make_transport(const asio::any_io_executor& executor, const std::shared_ptr<clock>& time,
                                          const client_core& core) {
  const client_settings& settings = core.configuration()->values().client;
  pool_options limits;
  limits.idle_limit = settings.max_idle;
  limits.per_host = static_cast<std::size_t>(settings.connections_per_host);
  return std::make_unique<asio_transport>(executor, time, core.names(), limits, core.connections());
}

}  // namespace

client::client(asio::any_io_executor loop_executor, options configuration)
    : client(std::move(loop_executor), make_core(std::move(configuration))) {}

client::client(asio::any_io_executor loop_executor, std::shared_ptr<client_core> shared) {
  // Sockets and timers belong to no call: an ambient context of the maker must not cling to them.
  asio::any_io_executor plain = unbind_context(loop_executor);
  auto time = std::make_shared<timer_wheel>(plain);
  auto network = make_transport(plain, time, *shared);
  loop_ = std::make_shared<loop>(std::move(shared), std::move(time), std::move(network), random_seed());
}

client::client(std::shared_ptr<client_core> shared, std::shared_ptr<clock> time, std::unique_ptr<transport> network,
               std::uint64_t seed)
    : loop_(std::make_shared<loop>(std::move(shared), std::move(time), std::move(network), seed)) {}

client::~client() = default;
client::client(client&& other) noexcept = default;
client& client::operator=(client&& other) noexcept = default;

asio::awaitable<reply> client::call(request asked) { return loop::run(loop_, std::move(asked)); }

asio::awaitable<health_report> client::health(std::string service_url, std::string name, duration timeout) {
  return loop::health(loop_, std::move(service_url), std::move(name), timeout);
}

asio::awaitable<bool> client::check_service_health(std::string service_url, std::string name, duration timeout) {
  const health_report report = co_await health(std::move(service_url), std::move(name), timeout);
  co_return report.status != health_status::unavailable;
}

void client::reload(options configuration) { loop_->core->reload(std::move(configuration)); }

std::size_t client::invalidate(std::string tenant, std::optional<std::string> service_name,
                               std::optional<std::string> operation, std::optional<std::string> collection) {
  cache_filter filter;
  filter.tenant = std::move(tenant);
  filter.service = std::move(service_name);
  filter.operation = std::move(operation);
  filter.collection = std::move(collection);
  return loop_->core->answers().invalidate(filter);
}

void client::listen(std::shared_ptr<event_listener> who) { loop_->core->told().listen(std::move(who)); }

std::vector<breaker_report> client::breakers() const { return loop_->core->breakers(loop_->time->now()); }

bool client::override_breaker(std::string_view service_name, breaker_override how) {
  return loop_->core->override_breaker(service_name, how);
}

const std::shared_ptr<client_core>& client::core() const noexcept { return loop_->core; }
void client::close_idle() noexcept { loop_->network->close_idle(); }

}  // namespace enlace
