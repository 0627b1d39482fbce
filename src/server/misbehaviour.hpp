#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <enlace/responder.hpp>
#include <enlace/server_request.hpp>

#include "server/hit_counts.hpp"
#include "server/parameters.hpp"

namespace enlace {

constexpr std::int64_t interval_most_ms = 60'000;
constexpr std::int64_t events_most = 1'000'000;

/// What an endpoint of the bad upstream is given. References of the handler's coroutine.
class visit {
 public:
  visit(const server_request& r, responder& o, parameters& g, const hit_counts& h, std::uint64_t n,
        std::string_view a) noexcept
      : request(r), out(o), given(g), hits(h), hit(n), argument(a) {}

  const server_request& request;
  responder& out;
  parameters& given;
  const hit_counts& hits;
  /// Which hit of its key this is, from 1; 0 when it has none.
  const std::uint64_t hit;
  /// The second segment of the path, "503" of "/status/503".
  const std::string_view argument;
};

/// The time between two elements of a stream.
inline std::chrono::milliseconds interval_of(visit& v) {
  return std::chrono::milliseconds(v.given.integer("interval_ms", 100, 0, interval_most_ms));
}

/// The endpoints. Each reads its parameters first, and does nothing when one is bad: the caller says so.
boost::asio::awaitable<void> serve_echo(visit& v);
boost::asio::awaitable<void> serve_status(visit& v);
boost::asio::awaitable<void> serve_delay(visit& v);
boost::asio::awaitable<void> serve_flaky(visit& v);
boost::asio::awaitable<void> serve_health(visit& v);
boost::asio::awaitable<void> serve_count(visit& v);
boost::asio::awaitable<void> serve_page(visit& v);
boost::asio::awaitable<void> serve_upload(visit& v);

boost::asio::awaitable<void> serve_hang(visit& v);
boost::asio::awaitable<void> serve_reset(visit& v);
boost::asio::awaitable<void> serve_truncate(visit& v);
boost::asio::awaitable<void> serve_garbage(visit& v);
boost::asio::awaitable<void> serve_endless_head(visit& v);
boost::asio::awaitable<void> serve_two_lengths(visit& v);
boost::asio::awaitable<void> serve_bad_chunk(visit& v);

boost::asio::awaitable<void> serve_drip(visit& v);
boost::asio::awaitable<void> serve_sse(visit& v);
boost::asio::awaitable<void> serve_ndjson(visit& v);
boost::asio::awaitable<void> serve_tokens(visit& v);
boost::asio::awaitable<void> serve_stall(visit& v);
boost::asio::awaitable<void> serve_error_event(visit& v);
boost::asio::awaitable<void> serve_long_line(visit& v);
boost::asio::awaitable<void> serve_bad_utf8(visit& v);
boost::asio::awaitable<void> serve_bomb(visit& v);

}  // namespace enlace
