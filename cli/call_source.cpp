#include "cli/call_source.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

#include "cli/batch_line.hpp"

namespace enlace::cli {

namespace asio = boost::asio;

asio::awaitable<std::optional<call_job>> repeated_call::next() {
  if (made_ == count_) co_return std::nullopt;
  co_return call_job(made_++, asked_);
}

batch::batch(asio::io_context& loop, const std::string& path, request_defaults defaults)
    : lines_(loop, path), defaults_(std::move(defaults)), queue_(loop, time_point::max()) {}

asio::awaitable<std::optional<call_job>> batch::next() {
  while (reading_) {
    co_await queue_.async_wait(asio::as_tuple(asio::deferred));
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return std::nullopt;
  }
  reading_ = true;
  std::optional<std::string> line = co_await lines_.next();
  reading_ = false;
  queue_.cancel_one();
  if (!line) co_return std::nullopt;
  const std::size_t number = made_++;
  result<request> asked = read_batch_line(*line, defaults_);
  if (!asked) {
    error why = asked.error();
    why.details["line"] = number + 1;
    asked = std::move(why);
  }
  co_return call_job(number, std::move(asked));
}

}  // namespace enlace::cli
