#include "cli/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>

#include "cli/commands.hpp"

namespace enlace::cli {

namespace {

namespace asio = boost::asio;

constexpr std::size_t piece_bytes = 64U << 10;

std::string_view shown(const std::string& path) { return path == "-" ? std::string_view("the standard input") : path; }

[[noreturn]] void unreadable(const std::string& path, int why) {
  throw usage_error("can't read " + std::string(shown(path)) + ": " + std::generic_category().message(why));
}

int open_input(const std::string& path) {
  const int file = path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) unreadable(path, errno);
  return file;
}

bool is_file(int descriptor) {
  struct stat seen{};
  return ::fstat(descriptor, &seen) == 0 && (S_ISREG(seen.st_mode) || S_ISDIR(seen.st_mode));
}

/// Reads a piece at the end of `buffer`; false at the end of the input.
bool append_piece(int file, const std::string& path, std::string& buffer) {
  const std::size_t before = buffer.size();
  buffer.resize(before + piece_bytes);
  ssize_t got = 0;
  do {
    got = ::read(file, buffer.data() + before, piece_bytes);
  } while (got < 0 && errno == EINTR);
  const int why = errno;
  buffer.resize(before + static_cast<std::size_t>(got < 0 ? 0 : got));
  if (got < 0) unreadable(path, why);
  return got > 0;
}

}  // namespace

std::string read_whole(const std::string& path) {
  std::string text;
  const int file = open_input(path);
  try {
    while (append_piece(file, path, text)) {
    }
  } catch (...) {
    ::close(file);
    throw;
  }
  ::close(file);
  return text;
}

line_reader::line_reader(asio::io_context& loop, const std::string& path) : path_(path), file_(open_input(path)) {
  if (is_file(file_)) return;
  if (path == "-") {
    // An opening of its own: to make it non-blocking must not make the shell's or stdout's so.
    const int own = ::open("/dev/stdin", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (own >= 0) {
      ::close(file_);
      file_ = own;
    }
  }
  boost::system::error_code wrong;
  stream_.emplace(loop);
  stream_->assign(file_, wrong);
  if (wrong) unreadable(path_, wrong.value());
  file_ = -1;
}

line_reader::~line_reader() {
  if (file_ >= 0) ::close(file_);
}

asio::awaitable<bool> line_reader::read_more() {
  if (!stream_) co_return append_piece(file_, path_, buffer_);
  const std::size_t before = buffer_.size();
  buffer_.resize(before + piece_bytes);
  const auto space = asio::buffer(buffer_.data() + before, piece_bytes);
  const std::tuple<boost::system::error_code, std::size_t> got =
      co_await stream_->async_read_some(space, asio::as_tuple(asio::deferred));
  const boost::system::error_code wrong = std::get<0>(got);
  buffer_.resize(before + std::get<1>(got));
  if (wrong == asio::error::eof || wrong == asio::error::operation_aborted) co_return false;
  if (wrong) unreadable(path_, wrong.value());
  co_return true;
}

asio::awaitable<std::optional<std::string>> line_reader::next() {
  std::size_t searched = used_;
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(used_, end - used_);
      used_ = end + 1;
      co_return line;
    }
    if (ended_) break;
    buffer_.erase(0, used_);
    used_ = 0;
    searched = buffer_.size();
    const bool more = co_await read_more();
    ended_ = !more;
  }
  if (used_ == buffer_.size()) co_return std::nullopt;
  std::string line = buffer_.substr(used_);
  used_ = buffer_.size();
  co_return line;
}

}  // namespace enlace::cli
