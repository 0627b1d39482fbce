#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <enlace/clock.hpp>
#include <enlace/exchange.hpp>

#include "codec/response_reader.hpp"
#include "net/connector.hpp"
#include "net/pool.hpp"
#include "net/signal.hpp"
#include "net/tls_context.hpp"

namespace enlace {

/// What the connections of one loop share.
class loop_buffers {
 public:
  /// Where requests are put together before they are sent.
  std::string request;
  /// For reading large answers, which would take many rounds through a connection's small buffer.
  std::array<char, 64 * 1024> large;
};

/// How much of an answer an exchange reads.
enum class answer_part : std::uint8_t { whole, head };

/// One connection that speaks HTTP/1.1. As a `waiter` it closes itself when the deadline of its exchange comes: a
/// cancelled read on an idle socket can be lost, a closed socket can't.
class connection final : public waiter {
 public:
  connection(stream_socket socket, pool::host& home, pool::place held);
  ~connection();

  /// TLS on top of the connected socket. `time` is for the deadline; errors go to `in`.
  boost::asio::awaitable<bool> handshake(tls_context& tls, const outgoing& out, incoming& in, clock& time);

  /// One request and its answer. Afterwards the connection is idle, or good for nothing: see `reusable`. When only the
  /// head was asked for and came, the body is to be taken by `read_piece`.
  boost::asio::awaitable<void> exchange(const outgoing& out, incoming& in, clock& time, loop_buffers& buffers,
                                        answer_part part);
  /// The next piece of the body, as `incoming_body::read` says.
  boost::asio::awaitable<std::string_view> read_piece(incoming& in, clock& time, time_point deadline);

  /// Whether it can serve another request: the last answer ended cleanly and nothing has come since.
  [[nodiscard]] bool reusable() const noexcept { return reusable_; }
  /// A look at the socket: open, and nothing to read.
  [[nodiscard]] bool alive() noexcept;
  void close() noexcept;

  [[nodiscard]] pool::host& home() noexcept { return home_; }
  [[nodiscard]] time_point idle_since() const noexcept { return idle_since_; }
  void idle_since(time_point when) noexcept { idle_since_ = when; }
  /// Whether it has served a request before.
  [[nodiscard]] bool used() const noexcept { return used_; }

  void on_due() noexcept override;

 private:
  using tls_stream = boost::asio::ssl::stream<stream_socket&>;
  /// Most answers fit. Each call in flight holds such a buffer; the rest of a longer answer goes through a shared one.
  static constexpr std::size_t read_bytes = 1024;
  static constexpr std::size_t tls_read_bytes = 16 * 1024;
  /// A body that comes fast is read in pieces of up to this.
  static constexpr std::size_t largest_read_bytes = 64 * 1024;
  /// And one that comes slowly into a buffer of this, since it may be one of many that wait.
  static constexpr std::size_t least_read_bytes = 512;
  /// A larger body is not copied behind its head.
  static constexpr std::size_t copy_body_most = 16 * 1024;

  /// Puts the request together in the loop's buffer.
  void prepare(const outgoing& out, loop_buffers& buffers);
  /// Takes what is still to be sent of the loop's buffer into one of its own.
  void keep_unsent();
  /// Sends what the socket takes. False: not all of it, or `failed`.
  bool send_now(boost::system::error_code& failed) noexcept;
  /// Sends what is left as the socket takes it, or all of it through TLS; then the body that is produced on the way.
  boost::asio::awaitable<boost::system::error_code> send_rest(const outgoing& out, incoming& in);
  boost::asio::awaitable<boost::system::error_code> send_produced(const outgoing& out, incoming& in);
  boost::asio::awaitable<boost::system::error_code> write_all(std::string_view bytes);
  /// Whether the answer has begun to come, so that it is pointless to send more.
  [[nodiscard]] bool answered() noexcept { return !alive(); }
  /// Of a body that comes fast: reads without asking the loop, but for every sixteenth time, so that others get their
  /// turn. False: nothing was there.
  bool read_at_once(boost::system::error_code& failed) noexcept;
  /// Makes the read buffer as large as the pieces that come.
  void fit_buffer();
  /// Feeds the buffer's first `size` bytes to the reader, then what else lies ready. True: the answer goes on.
  bool feed(std::size_t size, loop_buffers& buffers, boost::system::error_code& failed);
  bool feed_bytes(std::string_view bytes);
  /// Whether more has come than the answer, which would be taken for the beginning of the next one.
  [[nodiscard]] bool has_leftover() const noexcept;
  /// `none`: the phase follows from what has been read.
  void fail(incoming& in, wire_phase phase, const boost::system::error_code& failed) const;
  void end_of_stream(incoming& in, const boost::system::error_code& failed);

  stream_socket socket_;
  pool::host& home_;
  pool::place place_;
  std::unique_ptr<tls_stream> tls_;
  std::unique_ptr<char[]> buffer_;
  std::size_t buffer_size_ = read_bytes;
  std::string_view head_left_;
  std::string_view body_left_;
  std::string unsent_;
  bool sent_ = false;
  bool leftover_ = false;
  bool timed_out_ = false;
  bool reusable_ = false;
  bool used_ = false;
  /// The request was not sent to its end; the answer counts, but it is the last.
  bool cut_short_ = false;
  /// Woken at the deadline, besides the socket.
  signal* woken_too_ = nullptr;
  std::size_t last_read_ = 0;
  unsigned at_once_ = 0;
  time_point idle_since_{};
  response_reader reader_;
};

}  // namespace enlace
