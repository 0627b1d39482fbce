#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <enlace/request.hpp>
#include <enlace/result.hpp>

#include "cli/input.hpp"
#include "cli/request_defaults.hpp"

namespace enlace::cli {

/// A call to be made, or why it is none.
class call_job {
 public:
  call_job(std::size_t place, result<request> call) : number(place), asked(std::move(call)) {}

  /// From 0, in the order of the input.
  std::size_t number;
  result<request> asked;
};

/// Where the calls come from. Several workers of one loop take from it.
class call_source {
 public:
  call_source() = default;
  call_source(const call_source&) = delete;
  call_source& operator=(const call_source&) = delete;
  virtual ~call_source() = default;

  /// The next one; nothing at the end, and when the waiting coroutine is cancelled.
  virtual boost::asio::awaitable<std::optional<call_job>> next() = 0;
};

/// One request, so many times.
class repeated_call final : public call_source {
 public:
  repeated_call(request asked, std::size_t count) : asked_(std::move(asked)), count_(count) {}
  boost::asio::awaitable<std::optional<call_job>> next() override;

 private:
  request asked_;
  std::size_t count_;
  std::size_t made_ = 0;
};

/// A request a line, taken as the lines come.
class batch final : public call_source {
 public:
  /// Throws `usage_error` when the file can't be opened.
  batch(boost::asio::io_context& loop, const std::string& path, request_defaults defaults);
  boost::asio::awaitable<std::optional<call_job>> next() override;

 private:
  line_reader lines_;
  request_defaults defaults_;
  std::size_t made_ = 0;
  /// One worker reads, the others queue up.
  bool reading_ = false;
  boost::asio::steady_timer queue_;
};

}  // namespace enlace::cli
