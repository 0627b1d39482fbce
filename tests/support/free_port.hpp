#pragma once

#include <cstdint>

#include "support/test_server.hpp"

namespace enlace::test {

/// A port that was free a moment ago.
inline std::uint16_t free_port() {
  const test_server taken([](const server_request&, responder&) -> boost::asio::awaitable<void> { co_return; });
  return taken.port();
}

}  // namespace enlace::test
