#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <enlace/clock.hpp>
#include <enlace/transport.hpp>

#include "net/pool.hpp"
#include "net/resolver.hpp"

namespace enlace {

/// HTTP/1.1 over TCP, TLS and Unix sockets on the caller's loop, with pooled connections.
class asio_transport final : public transport {
 public:
  /// `names` and `counted` may be shared by the transports of several loops.
  asio_transport(boost::asio::any_io_executor executor, std::shared_ptr<clock> time, std::shared_ptr<resolver> names,
                 pool_options options, std::shared_ptr<connection_register> counted = nullptr);
  ~asio_transport() override;

  boost::asio::awaitable<void> exchange(const outgoing& out, incoming& in) override;
  boost::asio::awaitable<std::unique_ptr<incoming_body>> open(const outgoing& out, incoming& in) override;
  void close_idle() noexcept override;

  [[nodiscard]] std::size_t idle_connections() const noexcept;
  [[nodiscard]] std::size_t open_connections() const noexcept;

 private:
  struct loop;
  // Shared with the exchanges in flight, which may outlive the transport when an io_context is destroyed.
  std::shared_ptr<loop> loop_;
};

}  // namespace enlace
