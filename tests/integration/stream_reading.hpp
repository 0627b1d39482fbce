#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <enlace/stream.hpp>

#include "support/call_on_loop.hpp"

namespace enlace::test {

/// What a stream gave, and how it ended.
class stream_read {
 public:
  std::vector<std::string> data;
  stream_end ended = stream_end::open;
  reply ending;
  std::string text;

  [[nodiscard]] std::string detail(std::string_view name) const {
    if (ending.success()) return "(a success)";
    const json::value* found = ending.error().details.if_contains(name);
    return found == nullptr ? "" : found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
  }
};

/// Reads a stream to its end, or `most` events of it.
inline stream_read read_all(loop_client& by, request asked, std::size_t most = SIZE_MAX) {
  stream_read got;
  stream from = by.caller.stream(std::move(asked));
  const auto read = [&]() -> boost::asio::awaitable<void> {
    while (got.data.size() < most) {
      const stream_event* event = co_await from.next();
      if (event == nullptr) break;
      got.data.emplace_back(event->data);
    }
  };
  boost::asio::co_spawn(by.loop, read(), [](std::exception_ptr raised) {
    if (raised) std::rethrow_exception(raised);
  });
  by.loop.restart();
  by.loop.run();
  got.ended = from.ended();
  if (got.ended != stream_end::open) got.ending = from.ending();
  return got;
}

}  // namespace enlace::test
