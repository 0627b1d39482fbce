#include "net/asio_transport.hpp"

#include <map>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/result.hpp>

#include "net/cancelled.hpp"
#include "net/connection.hpp"
#include "net/connector.hpp"
#include "net/tls_context.hpp"

namespace enlace {

namespace asio = boost::asio;

struct asio_transport::loop {
  loop(asio::any_io_executor ex, std::shared_ptr<clock> t, std::shared_ptr<resolver> n, pool_options options,
       std::shared_ptr<connection_register> counted)
      : executor(std::move(ex)), time(std::move(t)), names(std::move(n)), connections(options, std::move(counted)) {}

  /// A connection from the pool when one becomes idle, else a new one; null: `in` says why there is none.
  static asio::awaitable<std::unique_ptr<connection>> take(std::shared_ptr<loop> self, const outgoing& out,
                                                           incoming& in);
  /// The slow way to an answer: a place in the pool, a new connection, then the exchange.
  static asio::awaitable<void> open_and_run(std::shared_ptr<loop> self, const outgoing& out, incoming& in);
  /// The fast way: an idle connection is there.
  static asio::awaitable<void> run(std::shared_ptr<loop> self, std::unique_ptr<connection> held, const outgoing& out,
                                   incoming& in);
  /// The same for an answer of which only the head is read here.
  static asio::awaitable<std::unique_ptr<incoming_body>> run_to_head(std::shared_ptr<loop> self, const outgoing& out,
                                                                     incoming& in);
  asio::awaitable<std::unique_ptr<connection>> open(pool::host& host, pool::place place, const outgoing& out,
                                                    incoming& in);
  asio::awaitable<connected> connect(const outgoing& out, incoming& in, time_point limit);
  void settle(std::unique_ptr<connection> held);
  tls_context& tls_for(const tls_settings* settings);

  class body;

  asio::any_io_executor executor;
  std::shared_ptr<clock> time;
  std::shared_ptr<resolver> names;
  std::map<std::string, std::unique_ptr<tls_context>> tls_contexts;
  loop_buffers buffers;
  pool connections;
};

namespace {

void fail(incoming& in, wire_failure failure, wire_phase phase, std::string detail) {
  in.failure = failure;
  in.phase = phase;
  in.detail = std::move(detail);
}

}  // namespace

/// The body that follows a head. Its connection goes back to the pool when the body was read to its end.
class asio_transport::loop::body final : public incoming_body {
 public:
  body(std::shared_ptr<loop> on, std::unique_ptr<connection> held) noexcept
      : loop_(std::move(on)), held_(std::move(held)) {}
  ~body() override { loop_->settle(std::move(held_)); }

  asio::awaitable<std::string_view> read(incoming& in, time_point deadline) override {
    return held_->read_piece(in, *loop_->time, deadline);
  }

 private:
  std::shared_ptr<loop> loop_;
  std::unique_ptr<connection> held_;
};

tls_context& asio_transport::loop::tls_for(const tls_settings* settings) {
  static const tls_settings defaults;
  const tls_settings& wanted = settings != nullptr ? *settings : defaults;
  auto& slot = tls_contexts[(wanted.verify ? "verify " : "trust ") + wanted.ca_file];
  if (slot == nullptr) slot = std::make_unique<tls_context>(wanted);
  return *slot;
}

void asio_transport::loop::settle(std::unique_ptr<connection> held) {
  if (held->reusable()) connections.give_back(std::move(held), time->now());
}

asio::awaitable<void> asio_transport::loop::run(std::shared_ptr<loop> self, std::unique_ptr<connection> held,
                                                const outgoing& out, incoming& in) {
  // A local, since it must go before `self`, and compilers differ in the order in which parameters do.
  std::unique_ptr<connection> mine = std::move(held);
  co_await mine->exchange(out, in, *self->time, self->buffers, answer_part::whole);
  self->settle(std::move(mine));
}

asio::awaitable<void> asio_transport::loop::open_and_run(std::shared_ptr<loop> self, const outgoing& out,
                                                         incoming& in) {
  std::unique_ptr<connection> held = co_await take(self, out, in);
  if (held == nullptr) co_return;
  co_await held->exchange(out, in, *self->time, self->buffers, answer_part::whole);
  self->settle(std::move(held));
}

asio::awaitable<std::unique_ptr<incoming_body>> asio_transport::loop::run_to_head(std::shared_ptr<loop> self,
                                                                                  const outgoing& out, incoming& in) {
  pool::host& host = self->connections.find(*out.to, out.tls);
  std::unique_ptr<connection> held = self->connections.take(host, self->time->now());
  if (held == nullptr) held = co_await take(self, out, in);
  if (held == nullptr) co_return nullptr;
  co_await held->exchange(out, in, *self->time, self->buffers, answer_part::head);
  if (in.failure != wire_failure::none) co_return nullptr;
  co_return std::make_unique<body>(std::move(self), std::move(held));
}

asio::awaitable<std::unique_ptr<connection>> asio_transport::loop::take(std::shared_ptr<loop> self, const outgoing& out,
                                                                        incoming& in) {
  // Looked for here and not by whoever made this coroutine: hosts without connections come and go.
  pool::host& host = self->connections.find(*out.to, out.tls);
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (is_cancelled(state)) {
    fail(in, wire_failure::cancelled, wire_phase::pool, {});
    co_return nullptr;
  }
  pool::turn turn;
  turn.place = self->connections.try_place(host);
  if (!turn.place) {
    co_await self->connections.wait_turn(host, *self->time, out.deadline, turn);
    if (is_cancelled(state)) {
      if (turn.idle != nullptr) self->connections.give_back(std::move(turn.idle), self->time->now());
      fail(in, wire_failure::cancelled, wire_phase::pool, {});
      co_return nullptr;
    }
    if (turn.idle == nullptr && !turn.place) {
      fail(in, wire_failure::pool_full, wire_phase::pool, "every connection of the host is in use");
      co_return nullptr;
    }
  }
  if (turn.idle != nullptr) co_return std::move(turn.idle);
  co_return co_await self->open(host, std::move(turn.place), out, in);
}

asio::awaitable<connected> asio_transport::loop::connect(const outgoing& out, incoming& in, time_point limit) {
  const endpoint& to = *out.to;
  if (!to.unix_path.empty()) co_return co_await connect_unix(to.unix_path, executor);
  std::vector<asio::ip::address> addresses;
  boost::system::error_code not_literal;
  const asio::ip::address literal = asio::ip::make_address(to.host, not_literal);
  if (!not_literal) {
    addresses.push_back(literal);
  } else {
    resolution found = co_await names->resolve(to.host, *time, limit);
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (found.addresses.empty() || is_cancelled(state)) {
      connected none(executor);
      if (is_cancelled(state)) {
        none.failed = asio::error::operation_aborted;
      } else if (found.error.empty()) {
        none.timed_out = true;
      } else {
        fail(in, wire_failure::dns, wire_phase::resolve, std::move(found.error));
      }
      in.phase = wire_phase::resolve;
      none.failed = none.failed ? none.failed : asio::error::host_not_found;
      co_return none;
    }
    addresses = std::move(found.addresses);
  }
  connected made = co_await connect_any(std::move(addresses), to.port, executor, *time, limit);
  const bool unreachable = made.timed_out || (made.failed && made.failed != asio::error::operation_aborted);
  if (unreachable && not_literal) names->doubt(to.host);
  co_return made;
}

asio::awaitable<std::unique_ptr<connection>> asio_transport::loop::open(pool::host& host, pool::place place,
                                                                        const outgoing& out, incoming& in) {
  const time_point limit = std::min(out.deadline, time->now() + out.connect_timeout);
  connected made = co_await connect(out, in, limit);
  if (made.failed || made.timed_out) {
    if (in.failure != wire_failure::none) co_return nullptr;
    const wire_phase phase = in.phase == wire_phase::resolve ? in.phase : wire_phase::connect;
    if (made.failed == asio::error::operation_aborted) {
      fail(in, wire_failure::cancelled, phase, {});
    } else if (made.timed_out) {
      fail(in, limit == out.deadline ? wire_failure::timeout : wire_failure::connect_timeout, phase,
           "no connection in time");
    } else {
      fail(in, wire_failure::refused, phase, made.failed.message());
    }
    co_return nullptr;
  }
  auto fresh = std::make_unique<connection>(std::move(made.socket), host, std::move(place));
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (is_cancelled(state)) {
    fail(in, wire_failure::cancelled, wire_phase::connect, {});
    co_return nullptr;
  }
  if (!out.to->tls) co_return fresh;
  tls_context* tls = nullptr;
  try {
    tls = &tls_for(out.tls);
  } catch (const failure& bad) {
    fail(in, wire_failure::tls, wire_phase::tls, bad.what());
  }
  if (tls == nullptr) co_return nullptr;
  const bool secure = co_await fresh->handshake(*tls, out, in, *time);
  if (!secure) fresh.reset();
  co_return fresh;
}

asio_transport::asio_transport(asio::any_io_executor executor, std::shared_ptr<clock> time,
                               std::shared_ptr<resolver> names, pool_options options,
                               std::shared_ptr<connection_register> counted)
    : loop_(std::make_shared<loop>(std::move(executor), std::move(time), std::move(names), options,
                                   std::move(counted))) {}

asio_transport::~asio_transport() { close_idle(); }

asio::awaitable<void> asio_transport::exchange(const outgoing& out, incoming& in) {
  in.clear();
  pool::host& host = loop_->connections.find(*out.to, out.tls);
  if (auto idle = loop_->connections.take(host, loop_->time->now())) {
    return loop::run(loop_, std::move(idle), out, in);
  }
  return loop::open_and_run(loop_, out, in);
}

asio::awaitable<std::unique_ptr<incoming_body>> asio_transport::open(const outgoing& out, incoming& in) {
  in.clear();
  return loop::run_to_head(loop_, out, in);
}

void asio_transport::close_idle() noexcept { loop_->connections.close_idle(); }
std::size_t asio_transport::idle_connections() const noexcept { return loop_->connections.idle_count(); }
std::size_t asio_transport::open_connections() const noexcept { return loop_->connections.open_count(); }

}  // namespace enlace
