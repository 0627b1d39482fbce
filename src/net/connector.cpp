#include "net/connector.hpp"

#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/signal.hpp"

namespace enlace {

namespace asio = boost::asio;

namespace {

constexpr duration next_after = std::chrono::milliseconds(250);

/// Several connection attempts, staggered; the first success ends it. Held by its sockets' handlers too, which may
/// run after the race is over.
class race final : public waiter, public std::enable_shared_from_this<race> {
 public:
  race(std::vector<asio::ip::address> addresses, std::uint16_t port, asio::any_io_executor executor, clock& time)
      : addresses_(std::move(addresses)), port_(port), executor_(std::move(executor)), time_(time) {}

  void try_next() {
    if (over_ || next_ == addresses_.size()) return;
    const std::size_t index = next_++;
    sockets_.push_back(std::make_unique<stream_socket>(executor_));
    ++running_;
    const asio::ip::tcp::endpoint point(addresses_[index], port_);
    sockets_.back()->async_connect(point, [self = shared_from_this(), index](const boost::system::error_code& outcome) {
      self->ended(index, outcome);
    });
    if (next_ < addresses_.size()) time_.add(*this, time_.now() + next_after);
  }

  void on_due() noexcept override { try_next(); }

  /// Ends what still runs. To be called once, by whoever started the race.
  void stop() noexcept {
    over_ = true;
    time_.remove(*this);
    boost::system::error_code ignored;
    for (auto& each : sockets_) {
      if (each != nullptr) each->close(ignored);
    }
  }

  signal done;
  std::unique_ptr<stream_socket> winner;
  boost::system::error_code failed = asio::error::host_not_found;

 private:
  void ended(std::size_t index, const boost::system::error_code& outcome) {
    --running_;
    if (over_) return;
    if (!outcome) {
      winner = std::move(sockets_[index]);
      failed = {};
      over_ = true;
      done.fire();
      return;
    }
    failed = outcome;
    try_next();
    if (running_ == 0) done.fire();
  }

  std::vector<asio::ip::address> addresses_;
  std::uint16_t port_;
  asio::any_io_executor executor_;
  clock& time_;
  std::vector<std::unique_ptr<stream_socket>> sockets_;
  std::size_t next_ = 0;
  int running_ = 0;
  bool over_ = false;
};

/// Stops the race on every way out, that of a destroyed coroutine included.
class race_guard {
 public:
  explicit race_guard(race& r) : race_(r) {}
  race_guard(const race_guard&) = delete;
  race_guard& operator=(const race_guard&) = delete;
  ~race_guard() { race_.stop(); }

 private:
  race& race_;
};

}  // namespace

std::vector<asio::ip::address> interleave(const std::vector<asio::ip::address>& ranked) {
  std::vector<asio::ip::address> first;
  std::vector<asio::ip::address> second;
  for (const auto& each : ranked) (each.is_v6() == ranked.front().is_v6() ? first : second).push_back(each);
  std::vector<asio::ip::address> order;
  order.reserve(ranked.size());
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) order.push_back(first[i]);
    if (i < second.size()) order.push_back(second[i]);
  }
  return order;
}

asio::awaitable<connected> connect_any(std::vector<asio::ip::address> addresses, std::uint16_t port,
                                       asio::any_io_executor executor, clock& time, time_point deadline) {
  connected result(executor);
  auto attempts = std::make_shared<race>(interleave(addresses), port, executor, time);
  const race_guard guard(*attempts);
  attempts->try_next();
  {
    const clock_wait limit(time, attempts->done, deadline);
    co_await attempts->done.async_wait(asio::deferred);
  }
  if (attempts->winner != nullptr) {
    result.socket = std::move(*attempts->winner);
    boost::system::error_code ignored;
    result.socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    co_return result;
  }
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  result.timed_out = time.now() >= deadline;
  result.failed =
      state.cancelled() != asio::cancellation_type::none ? asio::error::operation_aborted : attempts->failed;
  co_return result;
}

asio::awaitable<connected> connect_unix(std::string path, asio::any_io_executor executor) {
  connected result(executor);
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    result.failed = asio::error::name_too_long;
    co_return result;
  }
  // A Unix socket accepts at once or fails at once; a full accept queue gives EAGAIN, which is a refusal.
  const asio::local::stream_protocol::endpoint point(path);
  result.socket.open(point.protocol(), result.failed);
  if (!result.failed) result.socket.non_blocking(true, result.failed);
  if (!result.failed) result.socket.connect(point, result.failed);
  co_return result;
}

}  // namespace enlace
