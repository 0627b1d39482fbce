// Module: message
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>

namespace enlace {

/// Makes a request's body piece by piece. Each call gives the next piece; an empty one is the end. It runs on the loop
/// of the call, one call at a time, when the connection has room. When the call ends before it (deadline, cancellation,
/// an answer that came early), it is cancelled through its cancellation slot, and what it gives then is dropped. What
/// it throws ends the call: CANCELLED, with the text of the exception.
class body_producer {
 public:
  body_producer() = default;
  /// From anything that is called without arguments and gives an `awaitable<std::string>`.
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, body_producer> &&
             std::is_invocable_r_v<boost::asio::awaitable<std::string>, F&>)
  body_producer(F&& f) : next_(std::forward<F>(f)) {}  // NOLINT(google-explicit-constructor): a lambda is meant

  explicit operator bool() const noexcept { return static_cast<bool>(next_); }
  [[nodiscard]] boost::asio::awaitable<std::string> operator()() const { return next_(); }

 private:
  std::function<boost::asio::awaitable<std::string>()> next_;
};

}  // namespace enlace
