#include <csignal>
#include <memory>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <enlace/configuration_watch.hpp>

namespace enlace {

namespace asio = boost::asio;

namespace {

constexpr duration look_every = std::chrono::seconds(1);

/// The timer between two looks, which a SIGHUP cuts short.
class next_look : public std::enable_shared_from_this<next_look> {
 public:
  explicit next_look(const asio::any_io_executor& executor) : timer(executor), hang_up_(executor, SIGHUP) {}

  void listen() {
    hang_up_.async_wait([self = weak_from_this()](const boost::system::error_code& failed, int /*signal*/) {
      const std::shared_ptr<next_look> there = self.lock();
      if (failed || !there) return;
      there->asked = true;
      there->timer.cancel();
      there->listen();
    });
  }

  asio::steady_timer timer;
  bool asked = false;

 private:
  asio::signal_set hang_up_;
};

/// Whether there is a new configuration to take into use.
result<bool> read(config_file& file, bool asked) {
  if (!asked) return file.reload_if_changed();
  result<std::shared_ptr<const options>> made = file.reload();
  if (!made) return made.error();
  return true;
}

}  // namespace

asio::awaitable<void> keep_configured(client& caller, config_file& file, std::function<void(const error&)> report) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const auto look = std::make_shared<next_look>(executor);
  look->listen();
  while (state.cancelled() == asio::cancellation_type::none) {
    const result<bool> fresh = read(file, std::exchange(look->asked, false));
    if (!fresh) {
      if (report) report(fresh.error());
    } else if (*fresh) {
      caller.reload(*file.current());
    }
    look->timer.expires_after(look_every);
    const auto rung = co_await look->timer.async_wait(asio::as_tuple(asio::deferred));
    static_cast<void>(rung);
  }
}

}  // namespace enlace
