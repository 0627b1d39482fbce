#pragma once

#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <enlace/clock.hpp>

namespace enlace {

/// One kind of socket for TCP and for Unix domain sockets.
using stream_socket = boost::asio::generic::stream_protocol::socket;

/// A connected socket, or why there is none. `timed_out`: no answer by the deadline.
class connected {
 public:
  explicit connected(const boost::asio::any_io_executor& executor) : socket(executor) {}
  stream_socket socket;
  boost::system::error_code failed;
  bool timed_out = false;
};

/// Connects to the first address that accepts, in the manner of Happy Eyeballs (RFC 8305): families take turns, and
/// the next address is tried after 250 ms or as soon as one fails, while the earlier ones go on.
/// Cancelled: `operation_aborted`. Every socket but the winner's is closed.
boost::asio::awaitable<connected> connect_any(std::vector<boost::asio::ip::address> addresses, std::uint16_t port,
                                              boost::asio::any_io_executor executor, clock& time, time_point deadline);

/// Connects to a Unix domain socket.
boost::asio::awaitable<connected> connect_unix(std::string path, boost::asio::any_io_executor executor);

/// The addresses in the order of RFC 8305, section 4: as the system ranked them, the families in turn.
[[nodiscard]] std::vector<boost::asio::ip::address> interleave(const std::vector<boost::asio::ip::address>& ranked);

}  // namespace enlace
