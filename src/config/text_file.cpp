#include "config/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "config/concat.hpp"

namespace enlace {

namespace {

class file_descriptor {
 public:
  // Not blocking, so that the wrong path, that of a pipe say, does not hang whoever opens it.
  explicit file_descriptor(const std::string& path) noexcept
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;
  ~file_descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
};

error can_not_read(const std::string& path, const std::string& why) {
  return {error_code::configuration_error, concat(path, ": ", why)};
}

error can_not_read(const std::string& path, int errno_value) {
  return can_not_read(path, std::generic_category().message(errno_value));
}

}  // namespace

result<std::string> read_text_file(const std::string& path) {
  if (path.find('\0') != std::string::npos) return can_not_read("file", "its path holds a NUL");
  const file_descriptor file(path);
  if (file.number() < 0) return can_not_read(path, errno);
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) return can_not_read(path, errno);
  if (!S_ISREG(facts.st_mode)) return can_not_read(path, "is not a regular file");

  std::string text;
  std::size_t size = 0;
  for (;;) {
    text.resize(size + 65536);
    const ssize_t count = ::read(file.number(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return can_not_read(path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size > most_file_bytes) return can_not_read(path, "is larger than 4 MiB");
  }
  text.resize(size);
  return text;
}

std::string beside(const std::string& file, const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  return (std::filesystem::path(file).parent_path() / path).string();
}

}  // namespace enlace
