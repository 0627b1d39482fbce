#include "net/connection.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include "codec/request_writer.hpp"
#include "net/body_pieces.hpp"
#include "net/cancelled.hpp"
#include "net/signal.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

boost::system::error_code last_error() noexcept { return {errno, boost::system::system_category()}; }

}  // namespace

connection::connection(stream_socket socket, pool::host& home, pool::place held)
    : socket_(std::move(socket)), home_(home), place_(std::move(held)) {}

connection::~connection() { close(); }

void connection::close() noexcept {
  // OpenSSL makes the session of a connection that was not shut down useless for the next one.
  if (tls_ != nullptr && reusable_) {
    SSL_set_shutdown(tls_->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
  boost::system::error_code ignored;
  socket_.close(ignored);
  reusable_ = false;
}

void connection::on_due() noexcept {
  timed_out_ = true;
  close();
  if (woken_too_ != nullptr) woken_too_->fire();
}

bool connection::alive() noexcept {
  char byte = 0;
  const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // Bytes that nobody asked for are as bad as an end: an early answer, or TLS that says goodbye.
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

asio::awaitable<bool> connection::handshake(tls_context& tls, const outgoing& out, incoming& in, clock& time) {
  tls_ = std::make_unique<tls_stream>(socket_, tls.native());
  buffer_size_ = tls_read_bytes;
  tls.prepare(tls_->native_handle(), *out.to);
  const time_point limit = std::min(out.deadline, time.now() + out.connect_timeout);
  const clock_wait wait(time, *this, limit);
  const auto done = co_await tls_->async_handshake(asio::ssl::stream_base::client, asio::as_tuple(asio::deferred));
  const boost::system::error_code failed = std::get<0>(done);
  if (timed_out_) {
    in.failure = limit == out.deadline ? wire_failure::timeout : wire_failure::connect_timeout;
    in.phase = wire_phase::tls;
    in.detail = "no end of the TLS handshake in time";
    co_return false;
  }
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (is_cancelled(state)) {
    in.failure = wire_failure::cancelled;
    in.phase = wire_phase::tls;
    co_return false;
  }
  if (failed) {
    in.failure = wire_failure::tls;
    in.phase = wire_phase::tls;
    in.detail = failed.message();
    if (const long verdict = SSL_get_verify_result(tls_->native_handle()); verdict != X509_V_OK) {
      in.detail += std::string(": ") + X509_verify_cert_error_string(verdict);
    }
    co_return false;
  }
  co_return true;
}

void connection::prepare(const outgoing& out, loop_buffers& buffers) {
  std::string& text = buffers.request;
  text.clear();
  append_request_head(text, out);
  body_left_ = out.body;
  if (out.body.size() <= copy_body_most) {
    text.append(out.body);
    body_left_ = {};
  }
  head_left_ = text;
  sent_ = false;
}

void connection::keep_unsent() {
  // Another exchange of the loop may use the shared buffer while this one waits.
  if (head_left_.empty() || head_left_.data() == unsent_.data()) return;
  unsent_.assign(head_left_);
  head_left_ = unsent_;
}

bool connection::send_now(boost::system::error_code& failed) noexcept {
  while (!head_left_.empty() || !body_left_.empty()) {
    iovec parts[2] = {{const_cast<char*>(head_left_.data()), head_left_.size()},   // NOLINT: the sockets API
                      {const_cast<char*>(body_left_.data()), body_left_.size()}};  // NOLINT
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    const ssize_t taken = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) failed = last_error();
      return false;
    }
    sent_ = true;
    const std::size_t of_head = std::min(static_cast<std::size_t>(taken), head_left_.size());
    head_left_.remove_prefix(of_head);
    body_left_.remove_prefix(static_cast<std::size_t>(taken) - of_head);
  }
  return true;
}

asio::awaitable<boost::system::error_code> connection::send_rest(const outgoing& out, incoming& in) {
  keep_unsent();
  boost::system::error_code failed;
  if (tls_ != nullptr) {
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head_left_), asio::buffer(body_left_)};
    sent_ = true;
    const auto written = co_await asio::async_write(*tls_, parts, asio::as_tuple(asio::deferred));
    failed = std::get<0>(written);
  } else {
    bool all_sent = head_left_.empty() && body_left_.empty();
    while (!all_sent && !failed) {
      const auto ready = co_await socket_.async_wait(stream_socket::wait_write, asio::as_tuple(asio::deferred));
      failed = std::get<0>(ready);
      if (!failed) all_sent = send_now(failed);
    }
  }
  if (out.produce == nullptr || failed) co_return failed;
  co_return co_await send_produced(out, in);
}

asio::awaitable<boost::system::error_code> connection::write_all(std::string_view bytes) {
  if (tls_ != nullptr) {
    const auto written = co_await asio::async_write(*tls_, asio::buffer(bytes), asio::as_tuple(asio::deferred));
    co_return std::get<0>(written);
  }
  const auto written = co_await asio::async_write(socket_, asio::buffer(bytes), asio::as_tuple(asio::deferred));
  co_return std::get<0>(written);
}

/// Sends a body as its producer makes it, in chunks or as the announced number of bytes.
asio::awaitable<boost::system::error_code> connection::send_produced(const outgoing& out, incoming& in) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const auto pieces = std::make_shared<body_pieces>(*out.produce);
  piece_framing framing(out.body_length);
  in.body_begun = true;
  while (!framing.ended()) {
    cut_short_ = answered();
    if (cut_short_) co_return boost::system::error_code();
    {
      const woken_guard guard(woken_too_, pieces->ask(executor));
      co_await pieces->woken().async_wait(asio::deferred);
    }
    if (timed_out_ || is_cancelled(state) || !pieces->ready()) {
      pieces->abandon();
      co_return asio::error::operation_aborted;
    }
    if (const std::string_view wrong = framing.add(pieces->take()); !wrong.empty() || pieces->failed()) {
      in.detail = pieces->failed() ? pieces->why() : std::string(wrong);
      co_return asio::error::operation_aborted;
    }
    const boost::system::error_code failed = co_await write_all(framing.bytes());
    if (failed) co_return failed;
  }
  co_return boost::system::error_code();
}

asio::awaitable<void> connection::exchange(const outgoing& out, incoming& in, clock& time, loop_buffers& buffers,
                                           answer_part part) {
  const clock_wait limit(time, *this, out.deadline);
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  in.reused_connection = std::exchange(used_, true);
  reusable_ = cut_short_ = false;
  if (part == answer_part::whole) {
    reader_.start(in, out);
  } else {
    reader_.start_pieces(in, out);
  }
  prepare(out, buffers);

  if (is_cancelled(state)) {
    fail(in, wire_phase::send, asio::error::operation_aborted);
    co_return;
  }
  boost::system::error_code failed;
  const bool all_sent = tls_ == nullptr && send_now(failed);
  if ((!all_sent || out.produce != nullptr) && !failed) failed = co_await send_rest(out, in);
  in.sent = sent_;
  // A peer that answers before it has read all of the request and hangs up: its answer may lie in the socket.
  const bool half_sent = failed && sent_ && tls_ == nullptr && failed != asio::error::operation_aborted;
  if (timed_out_ || (failed && !half_sent)) {
    fail(in, wire_phase::send, failed);
    co_return;
  }

  if (buffer_ == nullptr) buffer_ = std::make_unique_for_overwrite<char[]>(buffer_size_);
  bool more = true;
  while (more) {
    if (is_cancelled(state)) {
      fail(in, wire_phase::none, asio::error::operation_aborted);
      co_return;
    }
    const asio::mutable_buffer room(buffer_.get(), buffer_size_);
    std::size_t size = 0;
    if (tls_ != nullptr) {
      const auto got = co_await tls_->async_read_some(room, asio::as_tuple(asio::deferred));
      failed = std::get<0>(got);
      size = std::get<1>(got);
    } else {
      const auto got = co_await socket_.async_read_some(room, asio::as_tuple(asio::deferred));
      failed = std::get<0>(got);
      size = std::get<1>(got);
    }
    if (!timed_out_ && !failed) more = feed(size, buffers, failed);
    if (timed_out_ || failed) {
      end_of_stream(in, failed);
      co_return;
    }
  }
  cut_short_ = cut_short_ || half_sent;
  reusable_ = in.failure == wire_failure::none && !cut_short_ && !has_leftover() && reader_.reusable();
  if (in.failure == wire_failure::none) in.phase = wire_phase::body;
}

void connection::fit_buffer() {
  const std::size_t least = tls_ != nullptr ? tls_read_bytes : least_read_bytes;
  std::size_t fit = buffer_size_;
  if (last_read_ == buffer_size_) fit = std::min(buffer_size_ * 8, largest_read_bytes);
  // A large one is given up late: a fast sender is slow for moments.
  const std::size_t little = buffer_size_ > read_bytes ? buffer_size_ / 16 : buffer_size_ / 4;
  if (last_read_ < little) fit = std::max(buffer_size_ / 2, least);
  if (fit == buffer_size_) return;
  buffer_ = std::make_unique_for_overwrite<char[]>(fit);
  buffer_size_ = fit;
}

bool connection::read_at_once(boost::system::error_code& failed) noexcept {
  constexpr unsigned most_in_a_row = 16;
  if (buffer_size_ <= read_bytes || ++at_once_ % most_in_a_row == 0) return false;
  const ssize_t got = ::recv(socket_.native_handle(), buffer_.get(), buffer_size_, MSG_DONTWAIT);
  if (got > 0) {
    last_read_ = static_cast<std::size_t>(got);
    return true;
  }
  // The end is for the loop to tell; an error is told once.
  if (got == 0 || errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return false;
  failed = last_error();
  return true;
}

asio::awaitable<std::string_view> connection::read_piece(incoming& in, clock& time, time_point deadline) {
  std::string_view piece = reader_.next_piece();
  if (!piece.empty() || timed_out_) co_return piece;
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const clock_wait limit(time, *this, deadline);
  while (reader_.where() == response_reader::progress::head && in.failure == wire_failure::none) {
    if (is_cancelled(state)) {
      fail(in, wire_phase::body, asio::error::operation_aborted);
      break;
    }
    fit_buffer();
    const asio::mutable_buffer room(buffer_.get(), buffer_size_);
    boost::system::error_code failed;
    if (tls_ != nullptr) {
      const auto got = co_await tls_->async_read_some(room, asio::as_tuple(asio::deferred));
      failed = std::get<0>(got);
      last_read_ = std::get<1>(got);
    } else if (!read_at_once(failed)) {
      const auto got = co_await socket_.async_read_some(room, asio::as_tuple(asio::deferred));
      failed = std::get<0>(got);
      last_read_ = std::get<1>(got);
    }
    if (timed_out_ || failed) {
      end_of_stream(in, failed);
      break;
    }
    reader_.more({buffer_.get(), last_read_});
    piece = reader_.next_piece();
    if (!piece.empty()) co_return piece;
  }
  const bool well = in.failure == wire_failure::none;
  if (well) in.phase = wire_phase::body;
  reusable_ = well && !timed_out_ && !cut_short_ && !has_leftover() && reader_.reusable();
  if (!well) close();
  co_return std::string_view();
}

bool connection::has_leftover() const noexcept {
  if (leftover_ || tls_ == nullptr) return leftover_;
  SSL* secure = tls_->native_handle();
  return SSL_pending(secure) > 0 || BIO_ctrl_pending(SSL_get_rbio(secure)) > 0;
}

bool connection::feed(std::size_t size, loop_buffers& buffers, boost::system::error_code& failed) {
  bool more = feed_bytes({buffer_.get(), size});
  // A full buffer says that more lies ready: it is read in large pieces, without asking the loop for each.
  bool full = tls_ == nullptr && size == buffer_size_;
  last_read_ = size;
  while (more && full) {
    const ssize_t got = ::recv(socket_.native_handle(), buffers.large.data(), buffers.large.size(), MSG_DONTWAIT);
    if (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
      failed = last_error();  // told once: the next read would take it for an orderly end
      return false;
    }
    if (got <= 0) return true;  // nothing now, or the end: the loop will tell
    more = feed_bytes({buffers.large.data(), static_cast<std::size_t>(got)});
    full = static_cast<std::size_t>(got) == buffers.large.size();
  }
  return more;
}

bool connection::feed_bytes(std::string_view bytes) {
  std::size_t consumed = 0;
  const auto progress = reader_.feed(bytes, consumed);
  leftover_ = consumed < bytes.size();
  return progress == response_reader::progress::need_more;
}

void connection::end_of_stream(incoming& in, const boost::system::error_code& failed) {
  if (!timed_out_ && failed == asio::error::eof) {
    if (!reader_.started()) {
      in.failure = wire_failure::reset;
      in.phase = wire_phase::first_byte;
      in.detail = "the peer closed the connection without an answer";
    } else {
      reader_.finish();
      in.phase = wire_phase::body;
    }
    return;
  }
  fail(in, wire_phase::none, failed);
  if (in.failure == wire_failure::reset && reader_.started()) in.failure = wire_failure::truncated;
}

void connection::fail(incoming& in, wire_phase phase, const boost::system::error_code& failed) const {
  in.phase = phase != wire_phase::none ? phase : reader_.started() ? wire_phase::body : wire_phase::first_byte;
  in.body.clear();  // a part of it is no answer; the reader leaves none either
  if (timed_out_) {
    in.failure = wire_failure::timeout;
  } else if (failed == asio::error::operation_aborted) {
    in.failure = wire_failure::cancelled;
  } else {
    in.failure = wire_failure::reset;
    in.detail = failed.message();
  }
}

}  // namespace enlace
