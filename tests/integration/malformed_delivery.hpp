#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/client.hpp>

#include "integration/malformed_peer.hpp"
#include "net/asio_transport.hpp"
#include "net/timer_wheel.hpp"

namespace enlace::test {

/// What a server does once it has sent its reply.
enum class ending : std::uint8_t { stays, closes, resets };

/// A reply as it goes out.
struct delivery {
  std::string_view wire;
  /// Where the second of two pieces begins; 0: one piece, `bytewise`: a piece a byte.
  std::size_t split = 0;
  ending end = ending::closes;
  std::string_view method = "GET";
  /// For the client.
  duration within = std::chrono::seconds(10);

  static constexpr std::size_t bytewise = std::string_view::npos;
};

/// What came of it.
struct delivered {
  incoming in;
  /// Whether it went over the connection of the one before.
  bool same_connection = false;
};

/// A client and a server on one thread, which take turns.
class lockstep {
 public:
  static constexpr std::uint32_t max_head = 2048;
  static constexpr std::uint64_t max_body = 1U << 20;

  lockstep() : peer_(std::in_place) { network_ = transport(); }

  /// A new server for what follows; the old one's connections are gone.
  void next_server() {
    network_->close_idle();
    peer_.emplace();
  }

  /// One exchange of the transport.
  delivered exchange(const delivery& what) {
    endpoint to;
    to.host = "127.0.0.1";
    to.port = peer_->port();
    const headers none;
    outgoing out;
    out.to = &to;
    out.method = what.method;
    out.target = "/";
    out.authority = "127.0.0.1";
    out.fields = &none;
    out.deadline = wheel_->now() + what.within;
    out.connect_timeout = what.within;
    out.max_head_bytes = max_head;
    out.max_body_bytes = max_body;
    delivered got;
    bool over = false;
    const int before = peer_->connections();
    boost::asio::co_spawn(loop_, network_->exchange(out, got.in), [&over](std::exception_ptr raised) {
      over = true;
      if (raised) std::rethrow_exception(raised);
    });
    serve(what, over);
    got.same_connection = peer_->connections() == before;
    return got;
  }

  /// The same by a whole client.
  reply call(client& caller, const delivery& what) {
    request asked(what.method, "http://127.0.0.1:" + std::to_string(peer_->port()) + "/");
    asked.timeout(what.within).max_attempts(1);
    std::optional<reply> got;
    bool over = false;
    boost::asio::co_spawn(loop_, caller.call(std::move(asked)), [&](std::exception_ptr raised, reply r) {
      over = true;
      if (raised) std::rethrow_exception(raised);
      got = std::move(r);
    });
    serve(what, over);
    return std::move(got).value();
  }

  [[nodiscard]] boost::asio::io_context& loop() noexcept { return loop_; }

 private:
  std::unique_ptr<asio_transport> transport() {
    return std::make_unique<asio_transport>(loop_.get_executor(), wheel_, std::make_shared<resolver>(), pool_options());
  }

  void poll() {
    loop_.restart();
    handled_ += loop_.poll();
  }
  template <class Condition>
  void until(const char* what, Condition condition) {
    const time_point patience = wheel_->now() + std::chrono::seconds(20);
    for (std::size_t idle = 0; !condition(); ++idle) {
      const std::size_t before = handled_;
      poll();
      if (handled_ != before) idle = 0;
      // Nearly always the kernel has delivered by now; else it may want this processor for it.
      if (idle > 100) std::this_thread::yield();
      if (wheel_->now() > patience) throw std::runtime_error(std::string("waited in vain for ") + what);
    }
  }

  void serve(const delivery& what, const bool& over) {
    until("the request", [&] { return peer_->take_request() || over; });
    std::string_view left = what.wire;
    // A piece a byte is for what has few; a long reply goes in longer ones.
    const std::size_t step = what.split == delivery::bytewise ? 1 + left.size() / 2048 : what.split;
    bool listens = true;
    while (!left.empty() && listens) {
      const bool first = left.size() == what.wire.size();
      const std::size_t size = first || what.split == delivery::bytewise ? step : 0;
      const std::string_view piece = left.substr(0, size == 0 ? left.size() : size);
      left.remove_prefix(piece.size());
      listens = peer_->send(piece);
      // While the exchange goes on, the client's loop has something to do once the piece is there.
      const std::size_t before = handled_;
      if (listens) until("the client to read", [&] { return over || handled_ != before; });
    }
    if (what.end == ending::closes) peer_->end();
    if (what.end == ending::resets) peer_->drop();
    until("the end of the exchange", [&] { return over; });
    // The next exchange looks at the socket first: all that it could see must be there.
    until("the last bytes", [&] { return peer_->arrived(); });
  }

  boost::asio::io_context loop_{1};
  std::shared_ptr<timer_wheel> wheel_ = std::make_shared<timer_wheel>(loop_.get_executor());
  std::size_t handled_ = 0;
  std::optional<malformed_peer> peer_;
  std::unique_ptr<asio_transport> network_;
};

}  // namespace enlace::test
