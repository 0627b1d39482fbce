#include "server/server_connection.hpp"

#include <poll.h>

#include <algorithm>
#include <exception>
#include <tuple>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <enlace/ambient.hpp>
#include <enlace/responder.hpp>

#include "policy/deadline.hpp"
#include "server/error_document.hpp"
#include "server/server_core.hpp"

namespace enlace {

namespace {

namespace asio = boost::asio;
using io_result = std::tuple<boost::system::error_code, std::size_t>;

constexpr std::size_t buffer_size = 8192;
/// How often a handler that waits looks whether its client is still there.
constexpr duration look_every = std::chrono::milliseconds(250);
/// For a client to notice that the connection ends.
constexpr duration parting_time = std::chrono::seconds(1);

}  // namespace

server_connection::server_connection(std::shared_ptr<server_core> core, socket client)
    : core_(std::move(core)),
      socket_(std::move(client)),
      reader_(core_->options().max_head_bytes, core_->options().max_body_bytes),
      buffer_(buffer_size) {
  boost::system::error_code ignored;  // a Unix socket has no such option
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (core_->options().tls) {
    tls_ = std::make_unique<asio::ssl::stream<socket&>>(socket_, *core_->options().tls);
  }
  core_->add(*this);
}

server_connection::~server_connection() { core_->remove(*this); }

void server_connection::start() {
  // The completion handler owns the connection, so that its cancellation signal outlives the coroutine.
  auto ended = [self = shared_from_this()](std::exception_ptr) {};
  asio::co_spawn(core_->executor(), run(), asio::bind_cancellation_slot(cancel_.slot(), std::move(ended)));
}

bool server_connection::stopping() const noexcept { return core_->stopping(); }

std::string_view server_connection::date() const { return core_->date(); }

void server_connection::close() noexcept {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void server_connection::give_up() {
  close();
  cancel_.emit(asio::cancellation_type::terminal);
}

void server_connection::reset() noexcept {
  // The handler breaks the connection itself, so that is no news for it.
  watched_ = false;
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

void server_connection::watch() {
  watched_ = true;
  crowded_ = false;
  if (std::exchange(waiting_, true)) return;
  socket_.async_wait(socket::wait_read, [self = shared_from_this()](const boost::system::error_code&) {
    self->waiting_ = false;
    if (self->watched_) self->look();
  });
}

void server_connection::look() {
  if (hung_up()) {
    watched_ = false;
    give_up();
    return;
  }
  boost::system::error_code ignored;
  if (socket_.available(ignored) == 0) {
    // It was about bytes that have been read since.
    watch();
    return;
  }
  // A socket with unread bytes is always ready, so waiting for it tells nothing any more. Without TLS they are a
  // pipelined request, and the watch ends. With TLS they may be the alert that comes right before the end.
  crowded_ = tls_ != nullptr;
}

asio::awaitable<void> server_connection::run() {
  try {
    co_await serve();
  } catch (...) {
    // Cancelled, or out of memory for this client: either way the connection ends here.
  }
  close();
}

asio::awaitable<void> server_connection::serve() {
  // No co_await in a condition, here and below: g++ 12 makes wrong code of some.
  bool going_on = true;
  if (tls_) going_on = co_await shake_hands();
  while (going_on && !core_->stopping()) {
    going_on = co_await read_request();
    if (going_on) going_on = co_await serve_request();
  }
}

asio::awaitable<bool> server_connection::shake_hands() {
  due_ = now() + core_->options().request_timeout;
  const std::tuple<boost::system::error_code> done =
      co_await tls_->async_handshake(asio::ssl::stream_base::server, as_value);
  co_return !std::get<0>(done);
}

asio::awaitable<bool> server_connection::read_request() {
  reader_.start();
  idle_ = begin_ == end_;
  due_ = now() + (idle_ ? core_->options().idle_timeout : core_->options().request_timeout);
  for (bool continued = false;;) {
    std::size_t used = 0;
    const request_reader::progress at = reader_.feed(std::string_view(buffer_.data() + begin_, end_ - begin_), used);
    begin_ += used;
    if (at != request_reader::progress::need_more) break;
    if (reader_.wants_continue() && !std::exchange(continued, true)) {
      const time_point due = due_;
      const bool bidden = co_await write_all("HTTP/1.1 100 Continue\r\n\r\n");
      if (!bidden) co_return false;
      due_ = due;
    }
    const bool filled = co_await fill();
    if (!filled) co_return false;
    if (std::exchange(idle_, false)) due_ = now() + core_->options().request_timeout;
  }
  due_ = time_point::max();
  co_return true;
}

/// Reads anew, once all that was there is used. False when the client has no more, or the time is up.
asio::awaitable<bool> server_connection::fill() {
  const asio::mutable_buffer room = asio::buffer(buffer_);
  io_result got;
  if (tls_) {
    got = co_await tls_->async_read_some(room, as_value);
  } else {
    got = co_await socket_.async_read_some(room, as_value);
  }
  begin_ = 0;
  end_ = std::get<1>(got);
  co_return end_ > 0;
}

/// Answers the request that has been read. False when the connection ends with it.
asio::awaitable<bool> server_connection::serve_request() {
  const bool failed = reader_.fault_status() != 0;
  responder out(*this, reader_.method() == "HEAD", reader_.http_1_1(), reader_.keep_alive());
  if (failed) {
    const error fault = error_for_status(reader_.fault_status(), reader_.fault());
    co_await out.send_error(fault);
  } else {
    const server_request request(std::move(reader_.method()), std::move(reader_.target()), std::move(reader_.headers()),
                                 std::move(reader_.body()));
    co_await answer(request, out);
  }
  if (out.reusable()) co_return true;
  if (out.complete() && !gone()) co_await part();
  co_return false;
}

asio::awaitable<void> server_connection::answer(const server_request& request, responder& out) {
  result<context> inbound = inbound_context(request, now());
  if (!inbound) {
    inbound.error().timestamp = std::chrono::system_clock::now();
    co_await out.send_error(inbound.error());
    co_return;
  }
  bool threw = false;
  try {
    co_await with_context(std::move(*inbound), core_->handler()(request, out));
  } catch (...) {
    threw = true;
  }
  watched_ = false;
  if (!out.begun()) {
    const error fault = error_for_status(500, threw ? "The request could not be served" : "The request got no answer");
    co_await out.send_error(fault);
  }
}

/// Ends a connection in such a way that the client gets to see the last answer: closing with unread input would reset
/// it (RFC 9112, 9.6).
asio::awaitable<void> server_connection::part() {
  due_ = now() + parting_time;
  if (tls_) {
    const std::tuple<boost::system::error_code> done = co_await tls_->async_shutdown(as_value);
    (void)done;
  }
  boost::system::error_code ec;
  socket_.shutdown(asio::socket_base::shutdown_send, ec);
  while (!ec) {
    const io_result got = co_await socket_.async_read_some(asio::buffer(buffer_), as_value);
    ec = std::get<0>(got);
  }
}

asio::awaitable<bool> server_connection::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    due_ = now() + core_->options().idle_timeout;
    const asio::const_buffer left(bytes.data(), bytes.size());
    io_result put;
    if (tls_) {
      put = co_await tls_->async_write_some(left, as_value);
    } else {
      put = co_await socket_.async_write_some(left, as_value);
    }
    if (std::get<0>(put)) {
      close();
      break;
    }
    bytes.remove_prefix(std::get<1>(put));
  }
  due_ = time_point::max();
  co_return bytes.empty();
}

asio::awaitable<bool> server_connection::wait(duration time) {
  const time_point until = saturated_add(now(), time);
  asio::steady_timer timer(core_->executor());
  while (!hung_up()) {
    const time_point here = now();
    if (here >= until) co_return true;
    timer.expires_at(std::min(until, here + look_every));
    const std::tuple<boost::system::error_code> rung = co_await timer.async_wait(as_value);
    if (std::get<0>(rung)) break;
  }
  close();
  co_return false;
}

bool server_connection::hung_up() noexcept {
  if (gone()) return true;
  // A client that only shut its sending side down is taken for gone, too: hardly any does that and stays.
  pollfd look{socket_.native_handle(), POLLRDHUP, 0};
  return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace enlace
