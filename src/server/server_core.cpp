#include "server/server_core.hpp"

#include <algorithm>
#include <exception>
#include <tuple>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>

#include "server/date_text.hpp"
#include "server/server_connection.hpp"

namespace enlace {

namespace {

namespace asio = boost::asio;

constexpr duration sweep_every = std::chrono::milliseconds(50);
/// Before accepting is tried again when descriptors or memory are short.
constexpr duration retry_accept = std::chrono::milliseconds(100);

}  // namespace

server_core::server_core(const asio::any_io_executor& executor, http_server::handler answer,
                         const server_options& options)
    : executor_(executor),
      handler_(std::move(answer)),
      options_(options),
      listener_(executor),
      pause_(executor),
      sweep_(executor) {}

server_core::~server_core() { remove_socket_file(); }

void server_core::start() { asio::co_spawn(executor_, accept_all(), asio::detached); }

asio::awaitable<void> server_core::accept_all() {
  const std::shared_ptr<server_core> self = shared_from_this();
  while (!stopping_) {
    if (clients_.size() >= options_.max_connections) {
      co_await pause(duration::max());
      continue;
    }
    std::tuple<boost::system::error_code, server_connection::socket> got =
        co_await listener_.async_accept(executor_, as_value);
    if (!std::get<0>(got)) {
      std::make_shared<server_connection>(self, std::move(std::get<1>(got)))->start();
    } else if (std::get<0>(got) != asio::error::connection_aborted && !stopping_) {
      co_await pause(retry_accept);
    }
  }
}

/// Ends early when a connection ends, or the server stops.
asio::awaitable<void> server_core::pause(duration time) {
  pause_.expires_at(time == duration::max() ? time_point::max() : now() + time);
  const std::tuple<boost::system::error_code> rung = co_await pause_.async_wait(as_value);
  (void)rung;
}

void server_core::add(server_connection& connection) {
  connection.index = clients_.size();
  clients_.push_back(&connection);
  open_.store(clients_.size(), std::memory_order_relaxed);
  arm_sweep();
}

void server_core::remove(server_connection& connection) noexcept {
  clients_.back()->index = connection.index;
  std::swap(clients_[connection.index], clients_.back());
  clients_.pop_back();
  open_.store(clients_.size(), std::memory_order_relaxed);
  pause_.cancel();
}

void server_core::stop() {
  if (stopping_) return;
  stopping_ = true;
  grace_ends_ = now() + options_.stop_grace;
  boost::system::error_code ignored;
  listener_.close(ignored);
  remove_socket_file();
  pause_.cancel();
  for (server_connection* client : clients_) {
    if (client->idle()) client->close();
  }
}

void server_core::abandon() {
  stop();
  grace_ends_ = time_point::min();
  sweep();
}

void server_core::arm_sweep() {
  if (sweep_armed_) return;
  sweep_armed_ = true;
  sweep_.expires_after(sweep_every);
  sweep_.async_wait([self = shared_from_this()](const boost::system::error_code&) {
    self->sweep_armed_ = false;
    self->sweep();
    if (!self->clients_.empty()) self->arm_sweep();
  });
}

void server_core::sweep() {
  const time_point here = now();
  if (here >= grace_ends_) {
    // Held, in case a cancelled operation completes at once and ends its connection.
    std::vector<std::shared_ptr<server_connection>> all;
    for (server_connection* client : clients_) all.push_back(client->shared_from_this());
    for (const auto& client : all) client->give_up();
    return;
  }
  // By index, and held: who is cancelled may end at once, and leave the list.
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (here >= clients_[i]->due()) clients_[i]->close();
    if (!clients_[i]->crowded()) continue;
    const std::shared_ptr<server_connection> client = clients_[i]->shared_from_this();
    client->look();
  }
}

std::string_view server_core::date() {
  const wall_time wall = std::chrono::system_clock::now();
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(wall).time_since_epoch().count();
  if (second != date_second_) {
    date_ = date_text(wall);
    date_second_ = second;
  }
  return date_;
}

}  // namespace enlace
