#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <enlace/body_producer.hpp>

#include "net/signal.hpp"

namespace enlace {

/// The pieces of one request's body, asked of their producer one by one. Outlives the request where the producer does
/// not end when it is cancelled.
class body_pieces final : public std::enable_shared_from_this<body_pieces> {
 public:
  explicit body_pieces(body_producer producer) : producer_(std::move(producer)) {}
  body_pieces(const body_pieces&) = delete;
  body_pieces& operator=(const body_pieces&) = delete;

  /// Starts the producer on `executor`. Gives the signal to wait for.
  signal& ask(const boost::asio::any_io_executor& executor);
  [[nodiscard]] signal& woken() noexcept { return *woken_; }
  /// The producer has given the piece, or thrown.
  [[nodiscard]] bool ready() const noexcept { return ready_; }
  [[nodiscard]] bool failed() const noexcept { return raised_ != nullptr; }
  /// What the exception says.
  [[nodiscard]] std::string why() const;
  [[nodiscard]] std::string take() noexcept { return std::move(piece_); }
  /// Nobody waits any more: the producer is cancelled.
  void abandon();

 private:
  body_producer producer_;
  std::optional<signal> woken_;
  boost::asio::cancellation_signal cancel_;
  std::string piece_;
  std::exception_ptr raised_;
  bool ready_ = false;
};

/// Sets a pointer to a signal while it lives.
class woken_guard {
 public:
  woken_guard(signal*& place, signal& woken) noexcept : place_(place) { place_ = &woken; }
  woken_guard(const woken_guard&) = delete;
  woken_guard& operator=(const woken_guard&) = delete;
  ~woken_guard() { place_ = nullptr; }

 private:
  signal*& place_;
};

/// Puts pieces of a body into the form in which they are sent: chunks (RFC 9112, 7.1), or bytes of an announced length.
class piece_framing {
 public:
  explicit piece_framing(std::optional<std::uint64_t> length) noexcept : left_(length) {}

  /// The next piece; an empty one is the end. Gives what is wrong: more or less than was announced.
  [[nodiscard]] std::string_view add(std::string piece);
  /// What is to be sent of it.
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool ended() const noexcept { return ended_; }

 private:
  std::optional<std::uint64_t> left_;
  std::string bytes_;
  bool ended_ = false;
};

}  // namespace enlace
