#pragma once

#include <optional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace enlace::cli {

/// The whole of a file, or of the standard input for "-". Throws `usage_error` when it can't be read.
[[nodiscard]] std::string read_whole(const std::string& path);

/// The lines of a file, or of the standard input for "-", as they come: what is slow to come holds up nothing else on
/// the loop. For one reader at a time.
class line_reader {
 public:
  /// Throws `usage_error` when there is no such file.
  line_reader(boost::asio::io_context& loop, const std::string& path);
  line_reader(const line_reader&) = delete;
  line_reader& operator=(const line_reader&) = delete;
  ~line_reader();

  /// The next line, without its end; nothing after the last, and when cancelled. Throws `usage_error` when the input
  /// can't be read.
  boost::asio::awaitable<std::optional<std::string>> next();

 private:
  /// False at the end.
  boost::asio::awaitable<bool> read_more();

  std::string path_;
  int file_ = -1;
  /// What may have to be waited for: a pipe, a terminal. Files never have to.
  std::optional<boost::asio::posix::stream_descriptor> stream_;
  std::string buffer_;
  std::size_t used_ = 0;
  bool ended_ = false;
};

}  // namespace enlace::cli
