#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <enlace/client.hpp>

namespace enlace::test {

/// A client on a loop of the test's own thread.
class loop_client {
 public:
  explicit loop_client(settings values = settings())
      : caller(loop.get_executor(), options::make(std::move(values)).value()) {}

  reply call(request asked) {
    std::optional<reply> answer;
    boost::asio::co_spawn(loop, caller.call(std::move(asked)), [&answer](std::exception_ptr raised, reply r) {
      if (raised) std::rethrow_exception(raised);
      answer = std::move(r);
    });
    loop.restart();
    loop.run();
    return std::move(answer).value();
  }

  boost::asio::io_context loop{1};
  client caller;
};

inline std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace enlace::test
